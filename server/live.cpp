#include "server/live.hpp"

#include <algorithm>
#include <charconv>

#include "dispatch/lifecycle.hpp"

namespace mashang::server {

bool LiveHub::sees(const Entry& entry, const Actor& who) {
    if (may_see(*entry.c, who)) return true;
    return std::find(entry.also.begin(), entry.also.end(), who.party.id) != entry.also.end();
}

const std::string& LiveHub::chunk_of(Entry& entry) const {
    if (entry.chunk.empty())
        entry.chunk = "event: case\nid: " + id_of(entry.id) + "\ndata: " + entry.say() + "\n\n";
    return entry.chunk;
}

void LiveHub::publish(std::shared_ptr<const Case> c, std::vector<PersonId> also, Say say) {
    const std::lock_guard lock(mutex_);
    Entry entry{next_++, std::move(c), std::move(also), std::move(say), {}};
    std::erase_if(subscribers_, [&](auto& item) {
        auto& [who, stream] = item.second;
        return sees(entry, who) ? !stream->push(chunk_of(entry)) : stream->closed();
    });
    ring_.push_back(std::move(entry));
    if (ring_.size() > ring_events_) ring_.pop_front();
}

std::shared_ptr<http::EventStream> LiveHub::subscribe(Actor who, std::string_view last_event_id) {
    auto stream = std::make_shared<http::EventStream>();
    const std::lock_guard lock(mutex_);
    std::uint64_t last = next_ - 1;
    if (!last_event_id.empty()) {
        const auto dash = last_event_id.rfind('-');
        bool known = dash != std::string_view::npos && last_event_id.substr(0, dash) == run_;
        if (known) {
            const auto digits = last_event_id.substr(dash + 1);
            const auto end = digits.data() + digits.size();
            known = std::from_chars(digits.data(), end, last).ptr == end;
        }
        const std::uint64_t oldest = ring_.empty() ? next_ : ring_.front().id;
        if (!known || last + 1 < oldest || last >= next_) {
            stream->push("event: reset\nid: " + id_of(next_ - 1) + "\ndata: {}\n\n");
            last = next_ - 1;
        }
    } else {
        // The first words tell the page where it stands, so that a line lost at once can be resumed.
        stream->push("event: ready\nid: " + id_of(last) + "\ndata: {}\n\n");
    }
    for (auto& entry : ring_)
        if (entry.id > last && sees(entry, who)) stream->push(chunk_of(entry));
    subscribers_.emplace(next_subscriber_++, std::pair{std::move(who), stream});
    return stream;
}

void LiveHub::forget() {
    const std::lock_guard lock(mutex_);
    ring_.clear();
    ++next_;
    const std::string reset = "event: reset\nid: " + id_of(next_ - 1) + "\ndata: {}\n\n";
    std::erase_if(subscribers_, [&](auto& item) { return !item.second.second->push(reset); });
}

std::size_t LiveHub::subscribers() const {
    const std::lock_guard lock(mutex_);
    return subscribers_.size();
}

void LiveHub::close() {
    const std::lock_guard lock(mutex_);
    for (auto& [id, item] : subscribers_) item.second->close();
    subscribers_.clear();
}

}  // namespace mashang::server
