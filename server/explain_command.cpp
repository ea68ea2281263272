#include "server/explain_command.hpp"

#include <cstdio>

#include "server/api/codec/bodies.hpp"
#include "server/api/codec/decision_text.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

struct Explained {
    std::shared_ptr<const DecisionData> data;
    CaseFile file;
};

Result<Explained> explained(schema::Tx& tx, const CaseNumber& number) {
    const auto row = schema::case_by_number(tx, number.district, number.day, number.serial);
    if (!row) return make_error(Errc::not_found, "error.not_found");
    auto file = load_file(tx, number.district, row->id);
    if (!file) return file.error();
    auto data = load_decision_data(tx, number.district);
    if (!data) return data.error();
    return Explained{std::move(*data), std::move(*file)};
}

}  // namespace

Result<bool> explain_command(const ExplainOptions& options) {
    const auto number = parse_number(options.number);
    if (!number) return invalid_field("/number", "error.no_such_number");
    schema::StoreOptions store_options;
    store_options.url = options.config.store;
    auto store = schema::open_store(store_options);
    if (!store) return store.error();
    auto found = read_now<Explained>(**store, [&](schema::Tx& tx) { return explained(tx, *number); });
    if (!found) return found.error();
    const Event& submitted = found->file.events.front();
    const View view{*found->data, options.language, submitted.at, nullptr};
    auto trace = explain(submitted, found->data->policy(found->file.c.versions, Workload{}));
    if (!trace) return trace.error();
    const std::string decision = encode_decision(found->file, *trace, view);
    if (options.json) {
        std::printf("%s\n", decision.c_str());
    } else {
        for (const auto& line : decision_text(decision, options.language)) std::printf("%s\n", line.c_str());
    }
    return trace->hash == submitted.decision->trace_hash;
}

}  // namespace mashang::server
