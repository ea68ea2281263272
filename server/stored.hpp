// Awaiting the store and the worker pool from a coroutine: the caller's executor is resumed when it is done.
//
// The job runs on a thread of the store (or pool); for a write it may run twice. It captures by reference
// what lives in the awaiting coroutine's frame, and nothing by value that has a destructor: GCC 12 destroys
// captures of an unnamed closure inside a co_await expression twice (the concept FrameJob refuses such a
// job).
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>

#include "schema/store.hpp"

namespace mashang::server {

namespace asio = boost::asio;

namespace detail {

// Runs `start(done)` and resumes when done() is called, from whatever thread.
template <class Start>
asio::awaitable<void> until_done(Start start) {
    auto initiate = [&start](auto handler) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        auto executor = asio::get_associated_executor(*kept);
        auto guard = std::make_shared<asio::executor_work_guard<decltype(executor)>>(executor);
        start([kept, executor, guard] { asio::post(executor, [kept, guard] { std::move (*kept)(); }); });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
}

template <class T, class Job, class Run>
asio::awaitable<Result<T>> stored(Job job, Run run) {
    std::optional<Result<T>> answer;
    std::optional<Error> failed;
    co_await until_done([&](auto done) {
        run(
            [&](schema::Tx& tx) -> Result<void> {
                answer.emplace(job(tx));
                if (!*answer) return answer->error();
                return {};
            },
            [&, done](Result<void> r) {
                if (!r) failed = r.error();
                done();
            });
    });
    if (failed) co_return *failed;
    co_return std::move(*answer);
}

}  // namespace detail

// co_await write<Changed>(store, [..](schema::Tx& tx) -> Result<Changed> {...}); durable when it returns.
// Trivially destructible: references, numbers, ids.
template <class Job>
concept FrameJob = std::is_trivially_destructible_v<Job>;

template <class T, FrameJob Job>
asio::awaitable<Result<T>> write(schema::Store& store, Job job) {
    co_return co_await detail::stored<T>(
        std::move(job), [&store](auto work, auto done) { store.write(std::move(work), std::move(done)); });
}

// What the job will ask is told beforehand; `foreseen` lives in the awaiting frame.
template <class T, FrameJob Job>
asio::awaitable<Result<T>> write(schema::Store& store, const schema::Foreseen& foreseen, Job job) {
    co_return co_await detail::stored<T>(std::move(job), [&store, &foreseen](auto work, auto done) {
        store.write(std::move(work), std::move(done), foreseen);
    });
}

template <class T, FrameJob Job>
asio::awaitable<Result<T>> read(schema::Store& store, Job job) {
    co_return co_await detail::stored<T>(
        std::move(job), [&store](auto work, auto done) { store.read(std::move(work), std::move(done)); });
}

// Runs something slow (hashing, images) on the pool.
template <class T, FrameJob Job>
asio::awaitable<T> on_pool(asio::thread_pool& pool, Job job) {
    std::optional<T> answer;
    co_await detail::until_done([&](auto done) {
        asio::post(pool, [&, done] {
            answer.emplace(job());
            done();
        });
    });
    co_return std::move(*answer);
}

}  // namespace mashang::server
