// A client that knows nothing of the server's code: POSIX sockets on loopback, bytes in, bytes out.
//
// Every wait ends after two seconds, so that a wrong server fails a test instead of holding it. For tests
// only.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mashang::test {

struct Answer {
    int status = 0;  // 0: the connection ended without an answer
    std::string head;
    std::map<std::string, std::string> fields;  // names in lower case, the last of each
    std::string body;
    std::string field(const std::string& name) const;
    std::size_t count(std::string_view name) const;  // how many fields of this name, lower case
};

class PlainClient {
  public:
    explicit PlainClient(std::uint16_t port);
    ~PlainClient();
    PlainClient(const PlainClient&) = delete;
    PlainClient& operator=(const PlainClient&) = delete;

    bool connected() const { return descriptor_ >= 0; }
    bool send(std::string_view bytes);
    Answer read_answer(bool head_only = false);
    Answer ask(std::string_view bytes);
    std::optional<std::string> read_until(std::string_view mark);  // through the mark; nullopt: ended before
    bool ended();  // the server has closed and nothing more came
    void shrink_receive_buffer();
    void close();

  private:
    bool fill();
    int descriptor_ = -1;
    std::string received_;
};

// "GET path" of HTTP/1.1 with a Host field and these lines, each with its own line break.
std::string get(std::string_view path, std::string_view lines = "");
std::string post(std::string_view path, std::string_view body, std::string_view lines = "");

}  // namespace mashang::test
