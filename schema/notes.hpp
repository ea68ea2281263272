// What other servers of the same store have committed, as they noted it (Session::note), in commit order.
//
// A thread with a connection of its own that LISTENs. It also holds this server's number, which no other
// server of the store can have while that connection lives: case ids carry it. When the connection was lost
// and is there again, notes may have been missed, and `heard` is told so by an empty text; should another
// server have taken our number meanwhile, `robbed` is called and this one must not write any more. `hourly`
// is called about once an hour.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "schema/session.hpp"

namespace mashang::schema {

// What a transaction has noted, after the speaker's name, in as few texts as PostgreSQL takes.
std::vector<std::string> note_payloads(const std::vector<std::string>& notes, const std::string& speaker);

class Notes {
  public:
    static constexpr int nodes_max = 1024;
    using Heard = std::function<void(const std::string& note)>;
    struct Calls {
        std::function<void()> robbed, hourly;
    };

    // Connects and takes the first free number from `wanted` on. Throws StoreFault.
    Notes(std::string url, std::string speaker, int wanted, Calls calls);
    ~Notes();

    int node() const { return node_; }
    void listen(Heard heard);  // once; called on this object's thread
    void close();

  private:
    struct Line;  // the connection

    void loop();
    bool wait_readable();  // false: to be closed
    void hear();
    bool reconnect();
    void connect();
    bool hold(int node);

    const std::string url_, speaker_;
    const Calls calls_;
    int node_ = 0;
    int wake_ = -1;  // eventfd
    std::unique_ptr<Line> line_;
    std::chrono::steady_clock::time_point next_hour_ =
        std::chrono::steady_clock::now() + std::chrono::hours(1);
    Heard heard_;
    std::thread thread_;
};

}  // namespace mashang::schema
