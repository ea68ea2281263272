#include "tests/load/reports.hpp"

#include <array>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <random>

namespace mashang::load {
namespace {

constexpr std::array<const char*, 8> sentences{"自行车停到盲道上了,轮椅过不去",
                                               "井盖松动,车压过去响得厉害",
                                               "路灯坏了三天,晚上很黑",
                                               "垃圾桶满了没人收",
                                               "人行道砖翘起来,老人绊了一跤",
                                               "店外占道摆了十几张桌子",
                                               "树枝断了挂在电线上",
                                               "河面漂着一片垃圾"};

class Reports final : public Traffic {
  public:
    Reports(const Target& target, const std::vector<std::string>& tokens)
        : target_(target), tokens_(tokens) {}

    asio::awaitable<Outcome> call(LeanConnection& connection, std::size_t n) override {
        const std::string request = report_request(target_, tokens_[n % tokens_.size()], n);
        const Answer answer = co_await connection.exchange(request);
        if (answer.status != 201 && !told_) {
            told_ = true;
            std::fprintf(stderr, "mashang_load: %u: %.400s\n", answer.status,
                         std::string(answer.body).c_str());
        }
        co_return Outcome{0, answer.status, answer.status == 201};
    }

  private:
    const Target& target_;
    const std::vector<std::string>& tokens_;
    bool told_ = false;
};

}  // namespace

std::string report_body(const std::string& token, std::size_t n, const std::string& media) {
    std::string body = "{\"token\":\"" + token + "\",\"text\":\"" + sentences[n % sentences.size()] + " (" +
                       std::to_string(n) + ")\",\"matter_code\":\"S33010609011\"";
    if (!media.empty()) body += ",\"media\":[\"" + media + "\"]";
    return body + "}";
}

std::string fresh_key(std::size_t n) {
    static const unsigned run = std::random_device{}();
    char key[40];
    std::snprintf(key, sizeof key, "load%08x%012zx", run, n);
    return key;
}

std::string report_request(const Target& to, const std::string& token, std::size_t n,
                           const std::string& media) {
    return request_bytes(to, "POST", "/api/v1/reports", {{"Idempotency-Key", fresh_key(n)}},
                         report_body(token, n, media));
}

std::string run_reports(const OpenLoop& loop, const std::vector<std::string>& tokens) {
    Reports traffic(loop.target, tokens);
    auto found = run_open_loop(loop, traffic, 1);
    return "{" + found.json(loop) + ",\"other_answers\":" + other_answers_json(found.kinds[0].other_answers) +
           ",\"from_sending\":" + found.kinds[0].from_sending.json() + "}";
}

}  // namespace mashang::load
