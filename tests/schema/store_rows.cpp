#include "store_rows.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>

#include "schema/chain.hpp"
#include "schema/session.hpp"

namespace mashang::test {

using namespace mashang::schema;

namespace {

std::string cluster() {
    const char* url = std::getenv("MASHANG_TEST_STORE");
    return url ? url : "";
}

}  // namespace

bool on_postgres() {
    return !cluster().empty();
}

Folder::Folder() {
    static std::atomic<int> made{0};
    const auto name = std::to_string(getpid()) + "-" + std::to_string(++made);
    path_ = std::filesystem::temp_directory_path() / ("mashang store " + name);
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
    if (!on_postgres()) return;
    schema_ = "store-" + name;
    Session(cluster(), Session::Use::write).execute("create schema \"" + schema_ + "\"");
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    // A schema goes away with its cluster: dropping each would take longer than the tests.
}

std::string Folder::database() const {
    if (schema_.empty()) return (path_ / "mashang.db").string();
    return cluster() + "&options=-csearch_path%3D" + schema_;
}

std::string Folder::url() const {
    return (schema_.empty() ? "sqlite:" : "") + database();
}

StoreOptions options_for(const Folder& folder) {
    StoreOptions options;
    options.url = folder.url();
    options.writers = 1;
    return options;
}

std::unique_ptr<Store> opened(const Folder& folder) {
    return open_store(options_for(folder)).value();
}

Result<void> write(Store& store, Store::Job job) {
    std::promise<Result<void>> told;
    store.write(std::move(job), [&](Result<void> result) { told.set_value(std::move(result)); });
    return told.get_future().get();
}

Result<void> read(Store& store, Store::Job job) {
    std::promise<Result<void>> told;
    store.read(std::move(job), [&](Result<void> result) { told.set_value(std::move(result)); });
    return told.get_future().get();
}

Instant at(std::int64_t ms) {
    return Instant{Millis{ms}};
}

CaseId id_at(Instant t, int n) {
    return CaseId{((t.time_since_epoch().count() - 1577836800000) << 22) + n};
}

CaseRow case_row(int n) {
    CaseRow row;
    row.district = district;
    row.accepted_at = at(1795392000000 + n * 1000);
    row.id = id_at(row.accepted_at);
    row.day = 261123;
    row.serial = n;
    row.status = Status::dispatched;
    row.flags = 8;
    row.priority = Priority::urgent;
    row.code = CodeId{20488};
    row.grid_code = "330106002001003";
    row.matter = "S33010609011";
    row.owner = PersonId{1042};
    row.revision = 3;
    row.reports = 2;
    row.dispatched_at = row.accepted_at + Millis{5};
    row.signed_off_at = row.accepted_at + Millis{6};
    row.responded_at = row.accepted_at + Millis{7};
    row.submitted_at = row.accepted_at + Millis{8};
    row.closed_at = row.accepted_at + Millis{9};
    row.next_due = row.accepted_at + Millis{1800000};
    row.next_timer = row.accepted_at + Millis{900000};
    row.late = 5;
    row.redos = 1;
    row.score = 4;
    row.state = R"({"s":"dispatched","求":"是"})";
    row.counts = 0x01020304050607 + n;
    row.late_at = row.accepted_at + Millis{n};
    row.counts_until = row.accepted_at + std::chrono::hours{n};
    return row;
}

ReportRow report_row(int n) {
    const auto c = case_row(n);
    ReportRow row;
    row.district = district;
    row.case_id = c.id;
    row.id = ReportId{1};
    row.seq = 1;
    row.accepted_at = c.accepted_at;
    row.kind = ReporterKind::enterprise;
    row.anonymous = false;
    row.text = "共享单车堵住了盲道 Blocked Path 100%";
    row.salt = "c2FsdHNhbHRzYWx0c2FsdA";
    row.text_number = 1;
    row.person = "c2VhbGVk";
    row.extra = R"({"media":["a"]})";
    row.idem_scope = "0123456789ABCDEFGHJKM";
    row.idem_key = "key-" + std::to_string(n);
    row.body_hash = "aGFzaA";
    return row;
}

JournalRow journal_row(int n, int seq, const std::string& prev_hash) {
    JournalRow row;
    row.district = district;
    row.case_id = case_row(n).id;
    row.seq = seq;
    row.type = "noted";
    row.version = 1;
    row.at = case_row(n).accepted_at + Millis{seq};
    row.actor = "staff:1042";
    row.payload = R"({"by":{"id":1042}})";
    link(row, prev_hash);
    return row;
}

void write_report(Tx& tx, int n) {
    insert_case(tx, case_row(n));
    insert_report(tx, report_row(n));
    append_journal(tx, {journal_row(n, 1, "")});
    add_workload(tx, district, PersonId{1042}, 1, 2, case_row(n).accepted_at);
}

}  // namespace mashang::test
