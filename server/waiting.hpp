// Reading and writing the store from a thread that may wait: start-up and the command line, never an io
// thread.
#pragma once

#include <future>
#include <optional>

#include "schema/store.hpp"

namespace mashang::server {

namespace detail {

template <class T, class Job, class Run>
Result<T> waited(Job job, Run run) {
    std::optional<Result<T>> answer;
    std::promise<Result<void>> done;
    run(
        [&](schema::Tx& tx) -> Result<void> {
            answer.emplace(job(tx));
            if (!*answer) return answer->error();
            return {};
        },
        [&](Result<void> r) { done.set_value(std::move(r)); });
    const auto result = done.get_future().get();
    if (!result) return result.error();
    return std::move(*answer);
}

}  // namespace detail

template <class T, class Job>
Result<T> read_now(schema::Store& store, Job job) {
    return detail::waited<T>(std::move(job), [&](auto work, auto done) { store.read(work, done); });
}

template <class T, class Job>
Result<T> write_now(schema::Store& store, Job job) {
    return detail::waited<T>(std::move(job), [&](auto work, auto done) { store.write(work, done); });
}

}  // namespace mashang::server
