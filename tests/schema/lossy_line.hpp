// A unix socket in front of PostgreSQL's that loses one COMMIT: the request, or the answer to it.
//
// Everything else passes both ways unchanged. Afterwards connections through it go on working.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace mashang::test {

class LossyLine {
  public:
    enum class Loses { nothing, request, answer };

    // `to` is the folder of the server's own socket; `in` the folder where ours is made.
    LossyLine(std::string to, const std::string& in);
    ~LossyLine();
    void lose_next(Loses what) { loses_ = what; }
    int lost() const { return lost_; }

  private:
    void accept_all();
    void pass(int client) const;
    bool passes(int from, int to, int server) const;

    const std::string to_, path_;
    int listening_ = -1;
    mutable std::atomic<Loses> loses_{Loses::nothing};
    mutable std::atomic<int> lost_{0};
    std::atomic<bool> ending_{false};
    std::thread thread_;
    std::vector<std::thread> lines_;
};

}  // namespace mashang::test
