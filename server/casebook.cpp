#include "server/casebook.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "dispatch/delivery.hpp"
#include "schema/chain.hpp"
#include "schema/codec/case_columns.hpp"
#include "schema/codec/case_json.hpp"
#include "server/casebook_writing.hpp"
#include "server/change_notes.hpp"

namespace mashang::server {
namespace {

constexpr std::int64_t epoch_2020_ms = 1577836800000;
constexpr std::size_t waiting_looked_at_max = 20000;  // short rows; far more than a district's desks hold

using schema::Tx;

void count_load(Tx& tx, int district, const Case& before, const Case& after) {
    const auto share = [](const Case& c) { return load_share(c.status, c.owner.id, c.priority); };
    const LoadShare was = share(before), is = share(after);
    const bool same = was.who == is.who;
    if (same && was.weighted == is.weighted) return;
    if (was.who) schema::add_workload(tx, district, *was.who, -1, -was.weighted, std::nullopt);
    if (is.who) {
        const auto assigned = same ? std::nullopt : std::optional(after.last_at);
        schema::add_workload(tx, district, *is.who, 1, is.weighted, assigned);
    }
}

std::vector<PersonId> co_handlers(const Case& c) {
    std::vector<PersonId> ids;
    for (const auto& p : c.parts) ids.push_back(p.unit.id);
    return ids;
}

// One row a person. Of one case that is held for him the latest stays; what is too much for an hour goes into
// a bundle. The journal has recorded every threshold at its own instant (T29).
void tell(Tx& tx, const DecisionData& data, const Case& c, const Event& e, int seq) {
    if (!e.passed) return;
    for (const auto& party : e.passed->told) {
        const auto alone_in = [&](Instant hour) {
            return schema::messages_alone(tx, c.district, party.id, hour, hour + std::chrono::hours{1});
        };
        const Person* person = data.roster->find(party.id);
        Delivery how{e.at, false};
        if (person) {
            const auto& calendar = data.calendars.now();
            if (hears_at(*data.roster, calendar, *person, c.priority, e.at) > e.at)
                schema::drop_held_messages(tx, c.district, party.id, c.id, e.at);
            how = deliver(*data.roster, calendar, *person, c.priority, e.at, alone_in);
        }
        schema::OutboxRow row;
        row.district = c.district;
        row.at = how.at;
        row.channel = how.bundled ? "bundle" : "page";
        row.recipient = party.id;
        row.case_id = c.id;
        row.seq = seq;
        row.what = "told." + std::string(to_string(e.passed->threshold));
        row.args = "{\"stage\":\"" + std::string(to_string(e.passed->stage)) + "\"}";
        schema::insert_outbox(tx, row);
    }
}

}  // namespace

Case Casebook::Writing::write(const Case& before, const std::vector<Event>& events, bool is_new) const {
    Case c = before;
    std::string prev = is_new ? std::string() : schema::last_hash(tx, c.district, c.id, c.seq);
    std::vector<schema::JournalRow> rows;
    for (const auto& e : events) {
        evolve(c, e);
        rows.push_back(schema::journal_row(c, e, prev));
        prev = rows.back().hash;
        tell(tx, data, c, e, c.seq);
    }
    schema::append_journal(tx, rows);
    const auto columns = schema::case_columns(c, next_timer(c, policy(c)));
    if (is_new) {
        schema::insert_case(tx, columns);
    } else {
        schema::update_case(tx, columns);
    }
    if (co_handlers(before) != co_handlers(c)) schema::set_co_handlers(tx, c.district, c.id, co_handlers(c));
    count_load(tx, c.district, before, c);
    note_case(tx, c.id, before.seq, c.seq);
    return c;
}

void CaseIds::go_on_after(CaseId last) {
    last_ = (raw(last) >> 22) << 12 | 0xfff;  // whatever node gave it
}

CaseId CaseIds::next(Instant now) {
    const std::int64_t fresh = (now.time_since_epoch().count() - epoch_2020_ms) << 12;
    std::int64_t last = last_.load();
    std::int64_t mine = 0;
    do {
        mine = std::max(fresh, last + 1);
    } while (!last_.compare_exchange_weak(last, mine));
    const std::int64_t ms = mine >> 12, counter = mine & 0xfff;
    return CaseId{ms << 22 | node_ << 12 | counter};
}

std::int32_t day_number(const Calendar& calendar, Instant now) {
    const std::chrono::year_month_day day{calendar.day_of(now)};
    return (static_cast<int>(day.year()) % 100) * 10000 +
           static_cast<int>(static_cast<unsigned>(day.month())) * 100 +
           static_cast<int>(static_cast<unsigned>(day.day()));
}

Workload workload_in(Tx& tx, const DecisionData& data, CodeId place) {
    Workload w;
    w.ignore_capacity = data.ignore_capacity;
    w.load = [&tx, district = data.district](PersonId id) {
        const auto row = schema::workload_of(tx, district, id);
        return Load{row.open, row.weighted, row.last_assigned};
    };
    w.at_place = schema::newest_open_at(tx, data.district, place);
    return w;
}

Result<std::vector<Event>> events_of(Tx& tx, int district, CaseId id, int seq_max) {
    std::vector<Event> events;
    for (const auto& row : schema::journal_of(tx, district, id, seq_max > 0 ? seq_max : INT32_MAX)) {
        auto e = schema::decode_event(row);
        if (!e) return e.error();
        events.push_back(std::move(*e));
    }
    return events;
}

Result<Case> replayed(Tx& tx, int district, CaseId id, int seq_max) {
    auto events = events_of(tx, district, id, seq_max);
    if (!events) return events.error();
    if (events->empty()) return make_error(Errc::not_found, "error.not_found");
    return replay(district, id, *events);
}

namespace {

// A repeated key: the answer of then, or a conflict when the body is another.
Result<Changed> repeated(Tx& tx, const schema::ReportRow& first, const SubmitReport& now) {
    if (first.body_hash != now.body_hash) return make_error(Errc::conflict, "error.key_reused");
    auto c = replayed(tx, first.district, first.case_id, first.seq);
    if (!c) return c.error();
    return Changed{std::move(*c), {}, first.id, true};
}

Result<void> check_media(Tx& tx, int district, const std::vector<std::string>& ids,
                         const std::string& uploader) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto row = schema::media_by_id(tx, district, ids[i]);
        const std::string pointer = "/media/" + std::to_string(i);
        if (!row || row->uploader != uploader) return invalid_field(pointer, "error.media_unknown");
        const auto before = ids.begin() + static_cast<std::ptrdiff_t>(i);
        const bool twice = std::find(ids.begin(), before, ids[i]) != before;
        if (row->claimed_by || twice) return invalid_field(pointer, "error.media_claimed");
    }
    return {};
}

Result<schema::CodeRow> usable_code(Tx& tx, int district, CodeId id) {
    auto code = schema::code_by_id(tx, district, id);
    if (!code) return make_error(Errc::not_found, "error.code_unknown");
    if (code->state != "active") return make_error(Errc::gone, "error.code_revoked");
    return *code;
}

Place place_at(const schema::CodeRow& code) {
    return {code.id, code.grid_code, code.kind, code.name, code.address, code.lat, code.lon};
}

}  // namespace

schema::ReportRow Casebook::report_row(const SubmitReport& r, const Case& c, ReportId id, int text_number,
                                       const std::string& salt, Instant now) const {
    schema::ReportRow row;
    row.district = r.district;
    row.case_id = c.id;
    row.id = id;
    row.seq = c.seq;
    row.accepted_at = now;
    row.kind = r.kind;
    row.anonymous = r.anonymous;
    row.text = r.text;
    row.salt = salt;
    row.text_number = text_number;
    if (!r.name.empty() || !r.phone.empty()) {
        const std::string bound = std::to_string(raw(c.id)) + "/" + std::to_string(raw(id));
        row.person = schema::seal_secret(personal_, r.name + "\n" + r.phone, bound);
    }
    row.extra = r.extra;
    row.idem_scope = r.idem_scope;
    row.idem_key = r.idem_key;
    row.body_hash = r.body_hash;
    return row;
}

Result<std::string> Casebook::person_of(const schema::ReportRow& report) const {
    if (report.person.empty()) return std::string("\n");
    const std::string bound = std::to_string(raw(report.case_id)) + "/" + std::to_string(raw(report.id));
    return schema::open_secret(personal_, report.person, bound);
}

Result<Changed> Casebook::submit(Tx& tx, const DecisionData& data, const SubmitReport& report,
                                 Instant now) const {
    if (auto first = schema::report_by_key(tx, report.district, report.idem_scope, report.idem_key))
        return repeated(tx, *first, report);
    auto code = usable_code(tx, report.district, report.code);
    if (!code) return code.error();
    if (!report.matter.empty() && !data.matter(report.matter))
        return invalid_field("/matter_code", "error.matter_unknown");
    const std::string uploader = "code:" + std::to_string(raw(report.code));
    if (auto ok = check_media(tx, report.district, report.media, uploader); !ok) return ok.error();
    Writing w{tx, data, now};
    auto changed = report.join ? join(w, report) : open_new(w, report, *code);
    if (!changed) return changed;
    for (const auto& id : report.media) schema::claim_media(tx, report.district, id, changed->c.id);
    return changed;
}

Result<Changed> Casebook::open_new(Writing& w, const SubmitReport& report,
                                   const schema::CodeRow& code) const {
    Submission s;
    s.district = report.district;
    s.actor.party.role = Role::resident;
    s.place = place_at(code);
    s.matter = report.matter;
    if (s.matter.empty()) {
        const auto guess = w.data.catalogues.now().guess(report.text);
        if (guess) s.matter = guess->code;
    }
    if (const Matter* m = w.data.matter(s.matter)) s.priority = m->priority;
    s.reporter = report.kind;
    if (report.position) {
        const double metres = distance_m(*report.position, Point{code.lon, code.lat});
        s.distance_m = static_cast<int>(std::min(metres, 1e8));
    }
    s.words = w.data.rulebooks.now().words_in(report.text);
    s.media = report.media;
    const std::string salt = schema::new_salt();
    s.text = {1, schema::text_hash(salt, report.text)};
    s.day = day_number(w.data.calendars.now(), w.now);
    // Decided before anything is written, the number included; a serial that a refusal leaves is a gap.
    auto events = mashang::submit(s, w.now, w.policy(s.place.code));
    if (!events) return events.error();
    s.id = ids_.next(w.now);
    events->front().opening->serial = schema::lease_serials(w.tx, report.district, s.day, 1);

    Case fresh;
    fresh.district = report.district;
    fresh.id = s.id;
    Changed changed;
    changed.c = w.write(fresh, *events, true);
    auto row = report_row(report, changed.c, ReportId{1}, 1, salt, w.now);
    row.seq = changed.c.seq;
    schema::insert_report(w.tx, row);
    changed.events = std::move(*events);
    return changed;
}

Result<Changed> Casebook::join(Writing& w, const SubmitReport& report) const {
    const auto row = schema::case_by_number(w.tx, report.district, report.join->first, report.join->second);
    if (!row || row->code != report.code) return invalid_field("/join", "error.join_unknown");
    if (!is_open(row->status)) return invalid_field("/join", "error.join_closed");
    auto c = schema::decode_case(row->state);
    if (!c) return c.error();
    const std::string salt = schema::new_salt();
    Event e;
    e.type = EventType::joined;
    e.at = std::max(w.now, c->last_at);
    e.actor.role = Role::resident;
    // Texts are never given a number twice, so reports are not either, though others were split off: the
    // tracking link of one must never lead to another's.
    e.text = TextRef{c->texts + 1, schema::text_hash(salt, report.text)};
    e.report = ReportId{e.text->number};
    e.media = report.media;
    Changed changed;
    changed.events = {e};
    changed.report = *e.report;
    changed.c = w.write(*c, changed.events, false);
    schema::insert_report(w.tx, report_row(report, changed.c, *e.report, e.text->number, salt, w.now));
    return changed;
}

namespace {

struct NewTexts {
    std::vector<schema::TextRow> rows;

    std::optional<TextRef> take(const PlainText& text, const Case& c) {
        if (!text || text->empty()) return std::nullopt;
        schema::TextRow row;
        row.district = c.district;
        row.case_id = c.id;
        row.number = c.texts + 1 + static_cast<int>(rows.size());
        row.salt = schema::new_salt();
        row.body = *text;
        rows.push_back(row);
        return TextRef{row.number, schema::text_hash(row.salt, row.body)};
    }
};

Result<Changed> repeated_command(Tx& tx, const schema::IdempotencyRow& first, const GiveCommand& give) {
    if (first.body_hash != give.body_hash) return make_error(Errc::conflict, "error.key_reused");
    auto c = replayed(tx, first.district, first.case_id, first.seq);
    if (!c) return c.error();
    return Changed{std::move(*c), {}, ReportId{1}, true};
}

}  // namespace

Result<Casebook::Prepared> Casebook::prepare(const Writing& w, CaseId id, const GiveCommand& give) const {
    const auto row = schema::case_by_id(w.tx, give.district, id);
    if (!row) return make_error(Errc::not_found, "error.not_found");
    auto c = schema::decode_case(row->state);
    if (!c) return c.error();
    if (!may_see(*c, give.command.actor)) return make_error(Errc::not_found, "error.not_found");
    if (give.command.matter && !w.data.matter(*give.command.matter))
        return invalid_field("/matter", "error.matter_unknown");
    // A resident's photos were sent with the place's token, as his report's were.
    const std::string uploader =
        give.uploader.empty() ? "code:" + std::to_string(raw(c->place.code)) : give.uploader;
    if (auto ok = check_media(w.tx, give.district, give.command.media, uploader); !ok) return ok.error();
    NewTexts texts;
    Command command = give.command;
    command.text = texts.take(give.text, *c);
    command.advice = texts.take(give.advice, *c);
    auto events = decide(*c, command, w.now, w.policy(*c));
    if (!events) return events.error();
    return Prepared{std::move(*c), std::move(*events), std::move(texts.rows), command.media};
}

Changed Casebook::keep(const Writing& w, Prepared prepared) const {
    for (const auto& text : prepared.texts) schema::insert_text(w.tx, text);
    for (const auto& media : prepared.media)
        schema::claim_media(w.tx, prepared.c.district, media, prepared.c.id);
    Changed changed;
    changed.c = w.write(prepared.c, prepared.events, false);
    changed.events = std::move(prepared.events);
    return changed;
}

Result<std::vector<Changed>> Casebook::commands(Tx& tx, const DecisionData& data, CaseId id,
                                                const GiveCommand& give, Instant now) const {
    if (!give.idem_key.empty()) {
        const auto first = schema::idempotent(tx, give.district, give.idem_scope, give.idem_key);
        if (first) {
            auto again = repeated_command(tx, *first, give);
            if (!again) return again.error();
            return std::vector{std::move(*again)};
        }
    }
    const Writing w{tx, data, now};
    auto changes = change_all(w, id, give);
    if (!changes) return changes;
    if (!give.idem_key.empty())
        schema::insert_idempotent(tx, {give.district, give.idem_scope, give.idem_key, give.body_hash, id,
                                       changes->front().c.seq, now});
    return changes;
}

Result<std::vector<Changed>> Casebook::change_all(const Writing& w, CaseId id,
                                                  const GiveCommand& give) const {
    if (give.command.kind == CommandKind::merge) return merge(w, id, give);
    if (give.command.kind == CommandKind::split) return split(w, id, give);
    auto prepared = prepare(w, id, give);
    if (!prepared) return prepared.error();
    std::vector<Changed> changes;
    changes.push_back(keep(w, std::move(*prepared)));
    return changes;
}

std::vector<Changed> Casebook::fire_due(Tx& tx, const DecisionData& data, Instant now, std::size_t most,
                                        std::vector<CaseId>* poisoned) const {
    std::vector<Changed> all;
    for (auto& row : schema::cases_with_timer_due(tx, data.district, now, most)) {
        auto c = schema::decode_case(row.state);
        Writing w{tx, data, now};
        std::vector<Event> events;
        if (c) events = fire(*c, now, w.policy(*c));
        const bool stuck = !c || events.empty();
        if (stuck && c) {  // nothing was due after all: the row's cache was behind the fold
            const auto next = next_timer(*c, w.policy(*c));
            if (!next || *next > now) {
                schema::update_case(tx, schema::case_columns(*c, next));
                continue;
            }
        }
        if (stuck) {
            row.next_timer.reset();
            schema::update_case(tx, row);
            if (poisoned) poisoned->push_back(row.id);
            continue;
        }
        Changed changed;
        changed.c = w.write(*c, events, false);
        changed.events = std::move(events);
        all.push_back(std::move(changed));
    }
    return all;
}

// Cases that wait for the same hands wait for the same reason: once nobody was free for one that nobody has
// had, the others of its grid, matter and priority need no looking at. So a full grid keeps nobody else's
// cases waiting, however many it has.
std::vector<Changed> Casebook::drain(Tx& tx, const DecisionData& data, Instant now, std::size_t most) const {
    std::vector<Changed> all;
    std::set<std::tuple<std::string, std::string, Priority>> nobody_free;
    for (const auto& waiting : schema::waiting_cases(tx, data.district, waiting_looked_at_max)) {
        if (all.size() == most) break;
        const std::tuple hands{waiting.grid_code, waiting.matter, waiting.priority};
        if (nobody_free.contains(hands)) continue;
        const auto row = schema::case_by_id(tx, data.district, waiting.id);
        if (!row) continue;
        auto c = schema::decode_case(row->state);
        if (!c) continue;
        Writing w{tx, data, now};
        auto events = mashang::drain(*c, now, w.policy(*c));
        if (!events || events->empty()) {
            if (c->had.empty()) nobody_free.insert(hands);
            continue;
        }
        Changed changed;
        changed.c = w.write(*c, *events, false);
        changed.events = std::move(*events);
        all.push_back(std::move(changed));
    }
    return all;
}

std::optional<CaseId> Casebook::set_aside_oldest(Tx& tx, int district, Instant now) const {
    auto due = schema::cases_with_timer_due(tx, district, now, 1);
    if (due.empty()) return std::nullopt;
    due.front().next_timer.reset();
    schema::update_case(tx, due.front());
    return due.front().id;
}

}  // namespace mashang::server
