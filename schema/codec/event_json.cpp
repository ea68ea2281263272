#include "schema/codec/case_fields.hpp"
#include "schema/codec/case_json.hpp"

namespace mashang::schema {
namespace {

constexpr int event_version = 1;  // of every type so far

}  // namespace

std::string encode_event(const Event& event) {
    return FieldWriter().text(event);
}

Result<Event> decode_event(const JournalRow& row) {
    const auto refuse = [&](std::string_view where) {
        return make_error(Errc::internal, "error.internal",
                          {{"journal", std::to_string(raw(row.case_id)) + "/" + std::to_string(row.seq)},
                           {"at", std::string(where)}});
    };
    const auto type = parse_word<EventType>(row.type);
    if (!type) return refuse("type");
    if (row.version != event_version) return refuse("version");
    Event event;
    FieldReader reader;
    if (!reader.parse(row.payload, event)) return refuse(reader.where());
    event.type = *type;
    event.version = row.version;
    event.at = row.at;
    return event;
}

std::string actor_word(const Event& event) {
    switch (event.actor.role) {
        case Role::system:
            return "system";
        case Role::resident: {
            const auto number = event.report ? raw(*event.report) : raw(event.actor.id);
            return "resident:" + std::to_string(number);
        }
        case Role::worker:
        case Role::leader:
        case Role::reviewer:
        case Role::unit:
        case Role::agent:
        case Role::community:
        case Role::street:
        case Role::district:
        case Role::administrator:
        case Role::integrator:
            break;
    }
    return "staff:" + std::to_string(raw(event.actor.id));
}

}  // namespace mashang::schema
