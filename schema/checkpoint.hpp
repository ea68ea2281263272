// The thread that copies SQLite's write-ahead log into the database file, so that no commit has to.
//
// PASSIVE, which waits for nobody and is paced (paced_writes.hpp), when the log has grown or a while has
// passed since something was committed. Under writing that never pauses a passive checkpoint never catches up
// and the log would grow without bound: past restart_pages some passes follow each other, and a RESTART at
// once, while little is left for it to copy. A checkpoint that fails on the disk loses nothing, because the
// log keeps everything; but the disk is then full or broken, so `failed` hears of it and the store stops
// writing while there is still room to say so.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "schema/session.hpp"

namespace mashang::schema {

class Checkpointer {
  public:
    // `log_pages`: how many pages the log held at the writer's last commit, none of them copied when fewer
    // than before; `commits`: how many commits there were. All are called on this thread.
    Checkpointer(std::unique_ptr<Session> session, std::function<std::uint64_t()> log_pages,
                 std::function<std::uint64_t()> commits, std::function<void(const std::string&)> failed);
    ~Checkpointer();
    void close();  // joins, after a last checkpoint that empties the log

  private:
    void loop();
    void checkpoint(const char* mode);

    std::unique_ptr<Session> session_;
    std::function<std::uint64_t()> log_pages_, commits_;
    std::function<void(const std::string&)> failed_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace mashang::schema
