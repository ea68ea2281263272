#include "server/http/response.hpp"

#include "server/http/request.hpp"

namespace mashang::http {

// The waker runs outside the lock: it posts to an executor, and nobody knows what that may take.
void EventStream::wake(std::unique_lock<std::mutex>& lock) {
    if (!waiting_ || !waker_) return;
    waiting_ = false;
    const auto waker = waker_;
    lock.unlock();
    waker();
}

bool EventStream::push(std::string chunk) {
    std::unique_lock lock{mutex_};
    if (closed_) return false;
    if (chunks_.size() >= bounds_.chunks_max || bytes_ + chunk.size() > bounds_.bytes_max) {
        closed_ = true;
        chunks_.clear();
        bytes_ = 0;
        wake(lock);
        return false;
    }
    bytes_ += chunk.size();
    chunks_.push_back(std::move(chunk));
    wake(lock);
    return true;
}

void EventStream::close() {
    std::unique_lock lock{mutex_};
    closed_ = true;
    wake(lock);
}

bool EventStream::closed() const {
    const std::lock_guard lock{mutex_};
    return closed_;
}

void EventStream::attach(std::function<void()> waker) {
    const std::lock_guard lock{mutex_};
    waker_ = std::move(waker);
}

void EventStream::detach() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    chunks_.clear();
    bytes_ = 0;
    waker_ = nullptr;
}

EventStream::Taken EventStream::take(std::string& out) {
    const std::lock_guard lock{mutex_};
    if (chunks_.empty()) {
        waiting_ = !closed_;
        return closed_ ? Taken::ended : Taken::nothing;
    }
    out.reserve(out.size() + bytes_);
    for (const auto& chunk : chunks_) out += chunk;
    chunks_.clear();
    bytes_ = 0;
    return Taken::chunk;
}

Response& Response::set(std::string_view name, std::string value) {
    std::erase_if(headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
    return add(name, std::move(value));
}

Response& Response::add(std::string_view name, std::string value) {
    headers.emplace_back(std::string{name}, std::move(value));
    return *this;
}

std::string_view Response::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) return value;
    }
    return {};
}

Response Response::of(int status, std::string_view content_type, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.set("Content-Type", std::string{content_type});
    return response;
}

}  // namespace mashang::http
