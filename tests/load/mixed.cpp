#include "tests/load/mixed.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "tests/load/picture.hpp"
#include "tests/load/reports.hpp"

namespace mashang::load {
namespace {

using nlohmann::json;

enum Kind : std::size_t { scan, report, photo_report, tracking, tasks, sign_off, respond, lost_race };
constexpr std::array<const char*, 8> names{"scan",  "report",   "report with photo", "tracking page",
                                           "tasks", "sign-off", "response",          "answered 409"};
constexpr std::array<int, 7> shares{40, 16, 4, 16, 12, 6, 6};  // of a hundred calls
constexpr unsigned photo_width_px = 640, photo_height_px = 480;
constexpr std::size_t remembered_max = 4096;  // tracking links to look at again
constexpr std::size_t pictures_max = 512;     // made beforehand; past it they come again

// The same mix in every stretch, and in no rhythm with the connections.
Kind kind_of(std::size_t n) {
    auto left = static_cast<int>(n * 61 % 100);
    std::size_t kind = 0;
    while (left >= shares[kind]) left -= shares[kind++];
    return static_cast<Kind>(kind);
}

struct Worker {
    std::map<std::string, std::string> reading, writing;  // headers
};

struct Todo {
    std::size_t worker = 0;
    std::string number;
    int revision = 0;
};

class Mixed final : public Traffic {
  public:
    explicit Mixed(const MixedLoad& load) : load_(load), target_(load.loop.target) {}

    asio::awaitable<void> prepare(asio::io_context& io) override;
    asio::awaitable<Outcome> call(LeanConnection& connection, std::size_t n) override;

    std::size_t live_events = 0, live_closed = 0;
    std::string some_link() const { return "/api/v1/track/" + links_.front(); }

  private:
    asio::awaitable<Outcome> get(LeanConnection& connection, Kind kind, const std::string& path);
    asio::awaitable<Outcome> send_report(LeanConnection& connection, std::size_t n);
    asio::awaitable<Outcome> send_with_photo(LeanConnection& connection, std::size_t n);
    asio::awaitable<Outcome> look_at_tasks(LeanConnection& connection, std::size_t n);
    asio::awaitable<Outcome> command(LeanConnection& connection, Kind kind, std::deque<Todo>& todos);
    asio::awaitable<void> log_in(LeanConnection& connection, const std::string& body);
    asio::awaitable<void> hold_page(std::unique_ptr<LeanConnection> page, const std::string& request);
    void remember(const Answer& answer);

    const std::string& token(std::size_t n) const { return load_.tokens[n % load_.tokens.size()]; }

    const MixedLoad& load_;
    const Target& target_;
    std::vector<Worker> workers_;
    std::vector<std::string> live_requests_;
    std::vector<std::string> pictures_;
    std::deque<std::string> links_;
    std::deque<Todo> to_sign_off_, to_respond_;
    std::set<std::string> known_;  // numbers that a list has shown before
};

asio::awaitable<void> Mixed::log_in(LeanConnection& connection, const std::string& body) {
    const std::string request = request_bytes(target_, "POST", "/api/v1/session", {}, body);
    const Answer answer = co_await connection.exchange(request);
    if (answer.status != 200) throw std::runtime_error("login: " + std::string(answer.body));
    std::string cookie{answer.header("set-cookie")};
    cookie.resize(std::min(cookie.size(), cookie.find(';')));
    const auto told = json::parse(answer.body);
    Worker worker;
    worker.reading["Cookie"] = cookie;
    worker.writing["Cookie"] = cookie;
    worker.writing["X-CSRF-Token"] = told.at("csrf_token").get<std::string>();
    workers_.push_back(std::move(worker));
}

// Its frame owns the connection, so that it goes with the io_context.
asio::awaitable<void> Mixed::hold_page(std::unique_ptr<LeanConnection> page, const std::string& request) {
    try {
        const Answer answer = co_await page->begin(request);
        if (answer.status != 200) throw std::runtime_error("a live page is refused");
        for (;;) {
            const std::string_view text = co_await page->some();
            for (auto at = text.find("event: case"); at != std::string_view::npos;
                 at = text.find("event: case", at + 1))
                ++live_events;
        }
    } catch (const std::exception&) {
        ++live_closed;
    }
}

asio::awaitable<void> Mixed::prepare(asio::io_context& io) {
    const double photos = (load_.loop.seconds + load_.loop.warm_up_seconds) * load_.loop.rate_per_s *
                              shares[photo_report] / 100 +
                          1;
    const auto wanted = std::min(pictures_max, static_cast<std::size_t>(photos));
    for (unsigned n = 0; n < wanted; ++n)
        pictures_.push_back(png_picture(n, photo_width_px, photo_height_px));
    LeanConnection first(io, target_);
    for (const auto& [login, password] : load_.workers) {
        const std::string body = json{{"login", login}, {"password", password}}.dump();
        co_await log_in(first, body);
    }
    if (workers_.empty()) throw std::runtime_error("demo.json names no worker");
    for (const auto& worker : workers_)
        live_requests_.push_back(request_bytes(target_, "GET", "/api/v1/live", worker.reading));
    for (int i = 0; i < load_.live_pages; ++i) {
        auto page = std::make_unique<LeanConnection>(io, target_);
        const auto& request = live_requests_[static_cast<std::size_t>(i) % live_requests_.size()];
        asio::co_spawn(io, hold_page(std::move(page), request), asio::detached);
    }
    const std::string request = report_request(target_, token(0), std::size_t{1} << 40);
    const Answer answer = co_await first.exchange(request);  // so that there is a link to look at
    if (answer.status != 201) throw std::runtime_error("report: " + std::string(answer.body));
    remember(answer);
}

void Mixed::remember(const Answer& answer) {
    constexpr std::string_view mark = "\"tracking\":\"";
    const auto at = answer.body.find(mark);
    if (at == std::string_view::npos) return;
    const auto from = at + mark.size();
    links_.emplace_back(answer.body.substr(from, answer.body.find('"', from) - from));
    if (links_.size() > remembered_max) links_.pop_front();
}

asio::awaitable<Outcome> Mixed::get(LeanConnection& connection, Kind kind, const std::string& path) {
    const std::string request = request_bytes(target_, "GET", path);
    const Answer answer = co_await connection.exchange(request);
    co_return Outcome{kind, answer.status, answer.status == 200};
}

asio::awaitable<Outcome> Mixed::send_report(LeanConnection& connection, std::size_t n) {
    const std::string request = report_request(target_, token(n), n);
    const Answer answer = co_await connection.exchange(request);
    if (answer.status == 201) remember(answer);
    co_return Outcome{report, answer.status, answer.status == 201};
}

asio::awaitable<Outcome> Mixed::send_with_photo(LeanConnection& connection, std::size_t n) {
    std::map<std::string, std::string> headers;
    headers["X-Place-Token"] = token(n);
    headers["Content-Type"] = "image/png";
    const std::string upload =
        request_bytes(target_, "POST", "/api/v1/media", headers, pictures_[n % pictures_.size()]);
    const Answer uploaded = co_await connection.exchange(upload);
    if (uploaded.status != 201) co_return Outcome{photo_report, uploaded.status, false};
    const auto media = json::parse(uploaded.body).at("media_id").get<std::string>();
    const std::string request = report_request(target_, token(n), n, media);
    const Answer answer = co_await connection.exchange(request);
    if (answer.status == 201) remember(answer);
    co_return Outcome{photo_report, answer.status, answer.status == 201};
}

asio::awaitable<Outcome> Mixed::look_at_tasks(LeanConnection& connection, std::size_t n) {
    const std::size_t who = n % workers_.size();
    const std::string request =
        request_bytes(target_, "GET", "/api/v1/tasks?limit=20", workers_[who].reading);
    const Answer answer = co_await connection.exchange(request);
    if (answer.status != 200) co_return Outcome{tasks, answer.status, false};
    const auto list = json::parse(answer.body);
    for (const auto& item : list.at("items")) {
        const Todo todo{who, item.at("number").get<std::string>(), item.at("revision").get<int>()};
        const auto status = item.at("status").get<std::string>();
        if ((status != "dispatched" && status != "signed_off") || !item.at("flags").empty()) continue;
        if (!known_.insert(todo.number).second) continue;
        (status == "dispatched" ? to_sign_off_ : to_respond_).push_back(todo);
    }
    co_return Outcome{tasks, answer.status, true};
}

asio::awaitable<Outcome> Mixed::command(LeanConnection& connection, Kind kind, std::deque<Todo>& todos) {
    Todo todo = std::move(todos.front());
    todos.pop_front();
    const std::string path = "/api/v1/cases/" + todo.number + (kind == sign_off ? "/sign-off" : "/respond");
    const std::string body = "{\"revision\":" + std::to_string(todo.revision) + "}";
    const std::string request = request_bytes(target_, "POST", path, workers_[todo.worker].writing, body);
    const Answer answer = co_await connection.exchange(request);
    if (answer.status == 409) co_return Outcome{lost_race, answer.status, true};
    if (answer.status == 200 && kind == sign_off) {
        todo.revision = json::parse(answer.body).at("revision").get<int>();
        to_respond_.push_back(std::move(todo));
    }
    co_return Outcome{kind, answer.status, answer.status == 200};
}

asio::awaitable<Outcome> Mixed::call(LeanConnection& connection, std::size_t n) {
    switch (const Kind kind = kind_of(n)) {
        case scan:
            co_return co_await get(connection, kind, "/c/" + token(n));
        case report:
            co_return co_await send_report(connection, n);
        case photo_report:
            co_return co_await send_with_photo(connection, n);
        case tracking:
            co_return co_await get(connection, kind, "/api/v1/track/" + links_[n % links_.size()]);
        case sign_off:
            if (to_sign_off_.empty()) break;
            co_return co_await command(connection, kind, to_sign_off_);
        case respond:
            if (to_respond_.empty()) break;
            co_return co_await command(connection, kind, to_respond_);
        case tasks:
        case lost_race:
            break;
    }
    co_return co_await look_at_tasks(connection, n);
}

}  // namespace

std::string run_mixed(const MixedLoad& load) {
    Mixed traffic(load);
    auto found = run_open_loop(load.loop, traffic, names.size());
    std::string kinds;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto& kind = found.kinds[i];
        kinds += (i == 0 ? "\"" : ",\"") + std::string(names[i]) +
                 "\":{\"good\":" + std::to_string(kind.good) +
                 ",\"other_answers\":" + other_answers_json(kind.other_answers) +
                 ",\"latency\":" + kind.from_schedule.json() + "}";
    }
    return "{" + found.json(load.loop) + ",\"live_pages\":" + std::to_string(load.live_pages) +
           ",\"live_events\":" + std::to_string(traffic.live_events) +
           ",\"live_closed\":" + std::to_string(traffic.live_closed) + ",\"place_path\":\"/c/" +
           load.tokens.front() + "\",\"tracking_path\":\"" + traffic.some_link() + "\",\"kinds\":{" + kinds +
           "}}";
}

}  // namespace mashang::load
