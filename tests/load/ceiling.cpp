// The ceiling of scripts/bench: a Beast handler with no product code that writes the same rows in the same
// groups. It opens a demo store made by `mashang demo`, takes the rows of its newest case as a pattern, and
// answers each POST by inserting them once more under fresh keys, with the same indexes, journal mode and
// syncs as the product. What the product's throughput is short of this is the price of the product.
//
//   ceiling --store FILE --port N
//
// Prints "ready" once it listens; ends on SIGTERM. Threads: two for sockets, one that writes.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;

constexpr std::size_t group_max = 512;

// One table's pattern row, and the insert that writes it again with other keys.
class Pattern {
  public:
    Pattern(sqlite3* db, const std::string& table, const std::string& which,
            std::vector<std::string> fresh_columns)
        : fresh_(fresh_columns.size(), 0) {
        const std::string from = "select * from " + table + " " + which + " limit 1";
        sqlite3_stmt* read = prepare(db, from);
        if (sqlite3_step(read) != SQLITE_ROW) throw std::runtime_error("no row in " + table);
        std::string marks;
        for (int i = 0; i < sqlite3_column_count(read); ++i) {
            row_.push_back(sqlite3_value_dup(sqlite3_column_value(read, i)));
            marks += i == 0 ? "?" : ", ?";
            for (std::size_t k = 0; k < fresh_columns.size(); ++k)
                if (fresh_columns[k] == sqlite3_column_name(read, i)) fresh_[k] = i + 1;
        }
        sqlite3_finalize(read);
        insert_ = prepare(db, "insert into " + table + " values (" + marks + ")");
    }

    // The values of the fresh columns, in the order they were named.
    void write(const std::vector<std::int64_t>& numbers, const std::string& text = {}) {
        for (std::size_t i = 0; i < row_.size(); ++i)
            sqlite3_bind_value(insert_, static_cast<int>(i) + 1, row_[i]);
        for (std::size_t k = 0; k < fresh_.size(); ++k) {
            if (k < numbers.size()) {
                sqlite3_bind_int64(insert_, fresh_[k], numbers[k]);
            } else {
                sqlite3_bind_text(insert_, fresh_[k], text.data(), static_cast<int>(text.size()),
                                  SQLITE_STATIC);
            }
        }
        if (sqlite3_step(insert_) != SQLITE_DONE) throw std::runtime_error("a row was refused");
        sqlite3_reset(insert_);
    }

    static sqlite3_stmt* prepare(sqlite3* db, const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v3(db, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
            SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db) + std::string(": ") + sql);
        return statement;
    }

  private:
    std::vector<sqlite3_value*> row_;
    std::vector<int> fresh_;
    sqlite3_stmt* insert_ = nullptr;
};

sqlite3* open_store(const std::string& file) {
    sqlite3* db = nullptr;
    if (sqlite3_open(file.c_str(), &db) != SQLITE_OK) throw std::runtime_error(file + " cannot be opened");
    for (const char* pragma :
         {"pragma journal_mode = wal", "pragma synchronous = full", "pragma wal_autocheckpoint = 0",
          "pragma cache_size = -65536", "pragma busy_timeout = 5000"})
        if (sqlite3_exec(db, pragma, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(pragma);
    return db;
}

class Store {
  public:
    explicit Store(const std::string& file)
        : db_(open_store(file)),
          case_(db_, "cases", "order by case_id desc", {"case_id", "serial", "code_id", "owner_id"}),
          report_(db_, "reports", "order by case_id desc", {"case_id", "idem_key"}),
          event_(db_, "journal", "where seq = 1 order by case_id desc", {"case_id"}),
          load_(Pattern::prepare(db_, "update workload set open = open + 1 where person_id = ?")),
          checkpoints_([this, file] { checkpoint(file); }),
          thread_([this] { loop(); }) {
        last_id_ = number("select max(case_id) from cases");
        serial_ = number("select max(serial) from cases");
        people_ = number("select count(*) from workload");
    }

    void push(std::string key, std::function<void()> done) {
        const std::lock_guard lock(mutex_);
        queue_.push_back({std::move(key), std::move(done)});
        wake_.notify_one();
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
            wake_.notify_all();
        }
        thread_.join();
        checkpoints_.join();
    }

  private:
    struct Job {
        std::string key;
        std::function<void()> done;
    };

    std::int64_t number(const char* sql) {
        sqlite3_stmt* read = Pattern::prepare(db_, sql);
        sqlite3_step(read);
        const auto value = sqlite3_column_int64(read, 0);
        sqlite3_finalize(read);
        return value;
    }

    void run(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db_));
    }

    void write(const Job& job) {
        const auto id = ++last_id_;
        const auto person = 700 + id % 600;
        case_.write({id, ++serial_, id % 300, person});
        report_.write({id}, job.key);
        event_.write({id});
        sqlite3_bind_int64(load_, 1, person);
        sqlite3_step(load_);
        sqlite3_reset(load_);
    }

    void loop() {
        for (;;) {
            std::deque<Job> group;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
                if (queue_.empty()) return;
                while (!queue_.empty() && group.size() < group_max) {
                    group.push_back(std::move(queue_.front()));
                    queue_.pop_front();
                }
            }
            run("begin immediate");
            for (const auto& job : group) write(job);
            run("commit");
            for (const auto& job : group) job.done();
        }
    }

    // On a thread of their own, as the product's.
    void checkpoint(const std::string& file) {
        sqlite3* db = open_store(file);
        std::unique_lock lock(mutex_);
        while (
            !wake_checkpoint_.wait_for(lock, std::chrono::milliseconds(500), [this] { return closing_; })) {
            lock.unlock();
            sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            lock.lock();
        }
        sqlite3_close(db);
    }

    sqlite3* db_;
    Pattern case_, report_, event_;
    sqlite3_stmt* load_;
    std::int64_t last_id_ = 0, serial_ = 0, people_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_, wake_checkpoint_;
    std::deque<Job> queue_;
    bool closing_ = false;
    std::thread checkpoints_, thread_;
};

asio::awaitable<void> stored(Store& store, std::string key) {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::async_initiate<decltype(use_awaitable), void()>(
        // References only: g++ 12 destroys the captures of a closure inside co_await twice.
        [&store, &key, &executor](auto handler) {
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            store.push(std::move(key), [held, executor = executor] {
                asio::post(executor, [held] { std::move (*held)(); });
            });
        },
        use_awaitable);
}

asio::awaitable<void> serve(Store& store, asio::ip::tcp::socket socket, const std::string& answer) {
    boost::beast::flat_buffer buffer;
    try {
        for (;;) {
            http::request<http::string_body> request;
            co_await http::async_read(socket, buffer, request, use_awaitable);
            std::string key(request["Idempotency-Key"]);
            co_await stored(store, std::move(key));
            http::response<http::string_body> response{http::status::created, 11};
            response.set(http::field::content_type, "application/json");
            response.body() = answer;
            response.prepare_payload();
            co_await http::async_write(socket, response, use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // The peer has closed: the only way that a connection ends here.
    }
}

asio::awaitable<void> listen(Store& store, asio::io_context& io, std::uint16_t port, std::string answer) {
    asio::ip::tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), port}};
    std::printf("ready\n");
    std::fflush(stdout);
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::make_strand(io), use_awaitable);
        socket.set_option(asio::ip::tcp::no_delay{true});
        const auto executor = socket.get_executor();
        asio::co_spawn(executor, serve(store, std::move(socket), answer), asio::detached);
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"the same rows without the product"};
    std::string file;
    std::uint16_t port = 0;
    constexpr std::size_t answer_bytes = 900;  // about what the product answers
    app.add_option("--store", file)->required();
    app.add_option("--port", port)->required();
    CLI11_PARSE(app, argc, argv);
    try {
        Store store{file};
        asio::io_context io{2};
        asio::signal_set signals{io, SIGTERM, SIGINT};
        signals.async_wait([&io](const auto&, int) { io.stop(); });
        const std::string answer = "{\"padding\":\"" + std::string(answer_bytes, 'x') + "\"}";
        asio::co_spawn(io, listen(store, io, port, answer), asio::detached);
        std::thread other{[&io] { io.run(); }};
        io.run();
        other.join();
        store.close();
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "ceiling: %s\n", e.what());
        return 1;
    }
}
