#include "server/simulate_command.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "schema/codec/documents.hpp"
#include "schema/queries.hpp"
#include "server/api/codec/bodies.hpp"
#include "server/api/codec/encode_simulation.hpp"
#include "server/api/codec/instants.hpp"
#include "server/waiting.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t moves_shown = 20;

Result<std::string> text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return make_error(Errc::not_found, "error.no_file", {{"file", file}});
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

// The document in the file, or null where none was named.
template <class T, class Read>
Result<std::shared_ptr<const T>> document(const std::string& file, Read read) {
    if (file.empty()) return std::shared_ptr<const T>();
    auto text = text_of(file);
    if (!text) return text.error();
    return read(*text, std::optional<int>());
}

Result<Draft> draft_of(const SimulateOptions& options, const DecisionData& data) {
    Draft draft;
    auto rules = document<Rulebook>(options.rules, read_rules);
    if (!rules) return rules.error();
    auto standards = document<TimeStandards>(options.standards, read_standards);
    if (!standards) return standards.error();
    auto calendar = document<Calendar>(options.calendar, read_calendar);
    if (!calendar) return calendar.error();
    draft.rulebook = std::move(*rules);
    draft.standards = std::move(*standards);
    draft.calendar = std::move(*calendar);
    if (options.shifts.empty()) return draft;
    auto text = text_of(options.shifts);
    if (!text) return text.error();
    auto shifts = read_shifts(*text);
    if (!shifts) return shifts.error();
    auto roster = Roster::build(data.roster->version(), data.roster->people(), shifts->calendars());
    if (!roster) return roster.error();
    draft.roster = std::move(*roster);
    return draft;
}

// The diff as lines; all words come from schema/texts.
class Telling {
  public:
    Telling(const SimulatedHistory& history, const View& view) : h_(history), s_(h_.result), view_(view) {}

    void tell() const {
        say("simulate.counterfactual");
        say("simulate.span", {{"from", time(s_.from)},
                              {"to", time(s_.to)},
                              {"as_of", time(s_.as_of)},
                              {"n", std::to_string(s_.reports)}});
        say("simulate.moved", {{"owner", std::to_string(s_.owner_moved)},
                               {"priority", std::to_string(s_.priority_moved)},
                               {"rule", std::to_string(s_.rule_moved)},
                               {"due", std::to_string(s_.due_moved)}});
        pair("simulate.waiting", s_.waiting_was, s_.waiting_would);
        for (const Breaches& b : s_.breaches)
            say("simulate.breaches", {{"stage", word("stage.", to_string(b.stage))},
                                      {"was", std::to_string(b.was)},
                                      {"would", std::to_string(b.would)},
                                      {"newly", std::to_string(b.newly)},
                                      {"no_longer", std::to_string(b.no_longer)}});
        moves();
        loads();
        samples();
        footnotes();
    }

  private:
    void say(const char* key, const schema::TextArgs& args = {}) const {
        std::printf("%s\n", schema::sentence(view_.language, key, args).c_str());
    }
    void pair(const char* key, std::size_t was, std::size_t would) const {
        say(key, {{"was", std::to_string(was)}, {"would", std::to_string(would)}});
    }
    std::string word(const char* prefix, std::string_view value) const {
        return schema::sentence(view_.language, prefix + std::string(value));
    }
    // To the minute, as people read it.
    std::string time(Instant at) const {
        std::string text = format_instant(at, view_.data.calendars.now().offset_at(at)).substr(0, 16);
        text[10] = ' ';
        return text;
    }
    std::string time(const std::optional<Instant>& at) const {
        return at ? time(*at) : word("word.", "no_figure");
    }
    std::string name(PersonId id) const { return name(h_.people.at(id)); }
    std::string name(const Party& party) const {
        return schema::sentence(
            view_.language, "person.with_post",
            {{"name", party.name}, {"unit", party.unit}, {"role", word("role.", to_string(party.role))}});
    }

    void moves() const {
        if (s_.moves.empty()) return;
        say("simulate.moves");
        for (std::size_t i = 0; i < std::min(moves_shown, s_.moves.size()); ++i)
            say("simulate.move", {{"n", std::to_string(s_.moves[i].cases)},
                                  {"from", name(s_.moves[i].from)},
                                  {"to", name(s_.moves[i].to)}});
        if (s_.moves.size() > moves_shown)
            say("simulate.more", {{"n", std::to_string(s_.moves.size() - moves_shown)}});
    }

    // Those only whose load changes.
    void loads() const {
        bool headed = false;
        for (const LoadOf& l : s_.loads) {
            if (l.assigned_was == l.assigned_would && l.peak_was == l.peak_would) continue;
            if (!headed) say("simulate.loads");
            headed = true;
            say("simulate.load", {{"name", name(l.person)},
                                  {"was", std::to_string(l.assigned_was)},
                                  {"would", std::to_string(l.assigned_would)},
                                  {"peak_was", std::to_string(l.peak_was)},
                                  {"peak_would", std::to_string(l.peak_would)}});
        }
    }

    void samples() const {
        if (s_.samples.empty()) return;
        say("simulate.samples", {{"n", std::to_string(s_.samples.size())}});
        for (const Moved& m : s_.samples) {
            const Matter* matter = view_.data.matter(m.matter);
            const bool english = view_.language == schema::Language::en;
            say("simulate.sample", {{"number", format_number(view_.data.district, m.day, m.serial)},
                                    {"at", time(m.at)},
                                    {"matter", !matter   ? m.matter
                                               : english ? matter->name_en
                                                         : matter->name}});
            for (const auto& [key, d] : {std::pair{"simulate.was", &m.was}, {"simulate.would", &m.would}})
                say(key, {{"owner", name(d->owner)},
                          {"rule", d->rule},
                          {"priority", word("priority.", to_string(d->priority))},
                          {"sign_off", time(d->sign_off_due)},
                          {"closure", time(d->closure_due)}});
        }
    }

    void footnotes() const {
        if (s_.nobody > 0) say("simulate.nobody", {{"n", std::to_string(s_.nobody)}});
        if (s_.refused > 0) say("simulate.refused", {{"n", std::to_string(s_.refused)}});
        if (h_.words_unknown > 0) say("simulate.words_unknown", {{"n", std::to_string(h_.words_unknown)}});
    }

    const SimulatedHistory& h_;
    const Simulation& s_;
    const View& view_;
};

bool show_progress(schema::Language language, std::size_t done, std::size_t of) {
    const char* key = of == 0 ? "simulate.reading" : "simulate.judging";
    const auto text =
        schema::sentence(language, key, {{"done", std::to_string(done)}, {"of", std::to_string(of)}});
    std::fprintf(stderr, "%s\n", text.c_str());
    return true;
}

Result<bool> simulate_in(schema::Tx& tx, const SimulateOptions& options, Instant now) {
    const auto district = schema::first_district(tx);
    if (!district) return make_error(Errc::unavailable, "error.no_district");
    auto data = load_decision_data(tx, *district);
    if (!data) return data.error();
    const Calendar& calendar = (*data)->calendars.now();
    const auto from = parse_day_or_instant(options.from, calendar);
    const auto to = parse_day_or_instant(options.to, calendar);
    if (!from) return invalid_field("/from", "error.not_an_instant");
    if (!to) return invalid_field("/to", "error.not_an_instant");
    auto draft = draft_of(options, **data);
    if (!draft) return draft.error();
    WhatIf what{*from, *to, now, options.samples, {}};
    // A line every so many cases: on a terminal as in a log.
    constexpr std::size_t line_every = 10000;
    std::size_t told = 0;
    what.progress = [&](std::size_t done, std::size_t of) {
        if (done < told) told = 0;
        if (done < told + line_every) return true;
        told = done;
        return show_progress(options.language, done, of);
    };
    auto history = simulate_history(tx, **data, *draft, what);
    if (!history) return history.error();
    const View view{**data, options.language, now, nullptr};
    if (options.json) {
        std::printf("%s\n", encode_simulation(*history, view).c_str());
    } else {
        Telling(*history, view).tell();
    }
    return true;
}

}  // namespace

Result<void> simulate_command(const Config& config, const SimulateOptions& options, Instant now) {
    const bool any = !options.rules.empty() || !options.standards.empty() || !options.calendar.empty() ||
                     !options.shifts.empty();
    if (!any) return invalid_field("/draft", "error.required");
    schema::StoreOptions store_options;
    store_options.url = config.store;
    auto store = schema::open_store(store_options);
    if (!store) return store.error();
    auto done = read_now<bool>(**store, [&](schema::Tx& tx) { return simulate_in(tx, options, now); });
    if (!done) return done.error();
    return {};
}

}  // namespace mashang::server
