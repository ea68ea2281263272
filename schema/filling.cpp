#include "schema/filling.hpp"

#include <spdlog/spdlog.h>

#include "schema/copy.hpp"
#include "schema/session.hpp"
#include "schema/writer.hpp"

namespace mashang::schema {
namespace {

Error filling_fault(const StoreFault& fault) {
    spdlog::error("store: {}", fault.what());
    return make_error(Errc::unavailable, "error.store_failed", {{"why", fault.what()}});
}

}  // namespace

Filling::Filling(const std::string& path) : session_(std::make_unique<Session>(path, Session::Use::write)) {
    session_->execute("pragma journal_mode = off");
    session_->execute("pragma locking_mode = exclusive");
    session_->execute("pragma synchronous = off");
    session_->execute("pragma cache_size = -524288");
}

Filling::~Filling() = default;

Result<std::unique_ptr<Filling>> Filling::open(const std::string& url) {
    const auto file = database_file(url);
    if (!file) return file.error();
    try {
        return std::unique_ptr<Filling>(new Filling(file->string()));
    } catch (const StoreFault& fault) {
        return filling_fault(fault);
    }
}

Result<void> Filling::write(const std::function<Result<void>(Tx&)>& job) {
    try {
        session_->begin();
        if (auto done = run_guarded(job, *session_, nullptr); !done) {
            session_->rollback();
            return done;
        }
        session_->commit();
        return {};
    } catch (const StoreFault& fault) {
        return filling_fault(fault);
    }
}

Result<void> Filling::finish() {
    try {
        session_->execute("pragma synchronous = full");
        session_->execute("pragma locking_mode = normal");
        // Writes the file's first page, and syncs all that was written before with it.
        session_->execute("pragma journal_mode = wal");
        return {};
    } catch (const StoreFault& fault) {
        return filling_fault(fault);
    }
}

}  // namespace mashang::schema
