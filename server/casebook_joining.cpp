// Merging two cases and splitting one: both sides decided first, then both written in the one transaction.
//
// The rows of reports stay where they were first kept, so that keys, seals and tracking links go on being
// good; the receiving case names them by case and number.
#include <algorithm>

#include "schema/codec/case_json.hpp"
#include "server/api/codec/report_media.hpp"
#include "server/casebook_writing.hpp"

namespace mashang::server {
namespace {

Result<Case> other_case(schema::Tx& tx, const GiveCommand& give) {
    const Error unknown = invalid_field("/into", "error.no_such_number");
    if (!give.into) return unknown;
    const auto row = schema::case_by_number(tx, give.district, give.into->first, give.into->second);
    if (!row) return unknown;
    auto c = schema::decode_case(row->state);
    if (!c) return c.error();
    if (!may_see(*c, give.command.actor)) return unknown;
    return c;
}

}  // namespace

namespace {

// Whoever sees the case that a report went to sees its photos.
void take_photos_along(schema::Tx& tx, const Case& from, const std::vector<ReportRef>& refs, CaseId to) {
    for (const auto& ref : refs)
        if (const auto row = first_row(tx, from.district, from.id, ref))
            for (const auto& id : media_of_report(row->extra)) schema::claim_media(tx, from.district, id, to);
}

}  // namespace

Result<std::vector<Changed>> Casebook::merge(const Writing& w, CaseId id, const GiveCommand& give) const {
    auto target = other_case(w.tx, give);
    if (!target) return target.error();
    GiveCommand named = give;
    named.command.other = target->id;
    auto source = prepare(w, id, named);
    if (!source) return source.error();
    auto received = receive_merge(*target, source->c, give.command.actor, w.now);
    if (!received) return received.error();
    std::vector<Changed> changes;
    take_photos_along(w.tx, source->c, source->c.reports, target->id);
    changes.push_back(keep(w, std::move(*source)));
    Changed other;
    other.c = w.write(*target, *received, false);
    other.events = std::move(*received);
    changes.push_back(std::move(other));
    return changes;
}

Result<std::vector<Changed>> Casebook::split(const Writing& w, CaseId id, const GiveCommand& give) const {
    auto source = prepare(w, id, give);
    if (!source) return source.error();
    const auto& refs = source->c.reports;
    const auto ref = std::find_if(refs.begin(), refs.end(),
                                  [&](const ReportRef& r) { return r.id == *give.command.report; });
    Submission s;
    s.district = give.district;
    s.actor = give.command.actor;
    s.place = source->c.place;
    s.matter = source->c.matter;
    if (const Matter* m = w.data.matter(s.matter)) s.priority = m->priority;
    s.text = {1, ref->text.hash};
    s.day = day_number(w.data.calendars.now(), w.now);
    auto events = mashang::submit(s, w.now, w.policy(s.place.code));
    if (!events) return events.error();

    s.id = ids_.next(w.now);
    events->front().other = id;
    events->front().number = raw(ref->id);
    events->front().opening->serial = schema::lease_serials(w.tx, give.district, s.day, 1);
    source->events.front().other = s.id;
    take_photos_along(w.tx, source->c, {*ref}, s.id);
    std::vector<Changed> changes;
    changes.push_back(keep(w, std::move(*source)));
    Case fresh;
    fresh.district = give.district;
    fresh.id = s.id;
    Changed opened;
    opened.c = w.write(fresh, *events, true);
    opened.events = std::move(*events);
    changes.push_back(std::move(opened));
    return changes;
}

}  // namespace mashang::server
