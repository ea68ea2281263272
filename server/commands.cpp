#include "server/commands.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "dispatch/calendar.hpp"
#include "schema/codec/documents.hpp"
#include "schema/texts.hpp"
#include "server/api/codec/instants.hpp"
#include "server/app.hpp"
#include "server/audit.hpp"
#include "server/backup.hpp"
#include "server/demo_store.hpp"
#include "server/document_commands.hpp"
#include "server/explain_command.hpp"
#include "server/held_store.hpp"
#include "server/move_cases_command.hpp"
#include "server/packing.hpp"
#include "server/rules_command.hpp"
#include "server/simulate_command.hpp"
#include "server/stamp.hpp"
#include "server/transfer_command.hpp"

namespace mashang::server {
namespace {

namespace fs = std::filesystem;

// Of the shell that asks: Chinese where its locale says so.
schema::Language spoken() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value && *value)
            return std::string_view(value).starts_with("zh") ? schema::Language::zh : schema::Language::en;
    }
    return schema::Language::en;
}

int fail(const Error& e) {
    std::fprintf(stderr, "%s\n", schema::sentence(spoken(), e.key, e.args).c_str());
    for (const auto& f : e.fields)
        std::fprintf(stderr, "  %s: %s\n", f.pointer.c_str(),
                     schema::sentence(spoken(), f.key, f.args).c_str());
    return 1;
}

// What the command line says wins over the file.
struct Options {
    std::string file, data, store, base_url, web;
    int port = -1, days = 24, pack_days = -1;
    bool no_limits = false, test_clock = false;
    std::string kind, import_file;
    std::string instant, limit, from, to, calendar, rules, facts, draft, language = "zh";
    bool json = false, perform = false;

    schema::Language tongue() const { return language == "en" ? schema::Language::en : schema::Language::zh; }
    bool names_store() const { return !file.empty() || !data.empty() || !store.empty(); }
    SimulateOptions what_if;
    StampOptions stamp;

    Result<Config> config() const {
        Config c;
        if (!file.empty()) {
            auto loaded = load_config(file);
            if (!loaded) return loaded.error();
            c = *loaded;
        }
        if (!data.empty()) c.data = data;
        if (!store.empty()) c.store = store;
        c.settle_store();
        if (!base_url.empty()) c.base_url = base_url;
        if (!web.empty()) c.web = web;
        if (pack_days >= 0) c.pack_after_days = pack_days;
        if (port >= 0) c.port = static_cast<std::uint16_t>(port);
        if (no_limits) c.limits = false;
        if (test_clock) c.test_clock = true;
        if (auto ok = check_config(c); !ok) return ok.error();
        return c;
    }
};

int serve(const Options& options) {
    auto config = options.config();
    if (!config) return fail(config.error());
    spdlog::set_level(spdlog::level::from_str(config->log_level));
    auto app = App::open(std::move(*config));
    if (!app) return fail(app.error());
    return (*app)->run();
}

int demo(const Options& options) {
    auto config = options.config();
    if (!config) return fail(config.error());
    TimeSource clock(App::machine_clock());
    auto filled = fill_demo(*config, clock.now(), options.days);
    if (!filled) return fail(filled.error());
    std::printf("demo district: %zu people, %zu codes, %zu reports, %zu events\n", filled->people,
                filled->codes, filled->reports, filled->events);
    return 0;
}

int stamp(Options& options) {
    auto config = options.config();
    if (!config) return fail(config.error());
    TimeSource clock(App::machine_clock());
    const Instant begun = clock.now();
    std::int64_t told = 0;
    constexpr std::int64_t line_every = 100'000;
    const auto per_s = [&](std::int64_t done) {
        return done * 1000 / std::max<std::int64_t>(1, (clock.now() - begun).count());
    };
    options.stamp.progress = [&](std::int64_t done) {
        if (done < told + line_every) return;
        told = done;
        std::fprintf(stderr, "%lld of %lld cases, %lld/s\n", static_cast<long long>(done),
                     static_cast<long long>(options.stamp.cases), static_cast<long long>(per_s(done)));
    };
    const auto stamped = stamp_cases(*config, options.stamp, begun);
    if (!stamped) return fail(stamped.error());
    const auto all = stamped->closed + stamped->open;
    std::printf("stamped %lld closed and %lld open cases of %zu stories, %lld events; %lld cases a second\n",
                static_cast<long long>(stamped->closed), static_cast<long long>(stamped->open),
                stamped->stories, static_cast<long long>(stamped->events),
                static_cast<long long>(per_s(all)));
    for (const auto& sample : stamped->samples)
        std::printf("sample %s %s\n", sample.number.c_str(), sample.tracking.c_str());
    return 0;
}

Result<std::shared_ptr<const Calendar>> calendar_of(const Options& options) {
    if (options.calendar.empty()) return read_calendar(schema::default_document("calendar"));
    std::FILE* f = std::fopen(options.calendar.c_str(), "rb");
    if (!f) return make_error(Errc::not_found, "error.not_found");
    std::string text;
    char chunk[4096];
    for (std::size_t n = 0; (n = std::fread(chunk, 1, sizeof chunk, f)) > 0;) text.append(chunk, n);
    std::fclose(f);
    return read_calendar(text, 1);  // numbered or not
}

void print_intervals(const Calendar& calendar, Instant from, Instant to) {
    constexpr std::size_t most = 400;
    for (const auto& i : calendar.counted(from, to, most))
        std::printf("%s  %s\n", format_instant(i.open, calendar.offset_at(i.open)).c_str(),
                    format_instant(i.close, calendar.offset_at(i.close)).c_str());
}

int calendar_add(const Options& options) {
    auto calendar = calendar_of(options);
    if (!calendar) return fail(calendar.error());
    const auto start = parse_instant(options.instant);
    if (!start) return fail(invalid_field("/instant", "error.not_an_instant"));
    auto limit = parse_limit(options.limit);
    if (!limit) return fail(limit.error());
    const auto due = (*calendar)->add(*start, *limit);
    std::printf("%s%s\n", format_instant(due.at, (*calendar)->offset_at(due.at)).c_str(),
                due.provisional ? " provisional" : "");
    print_intervals(**calendar, *start, due.at);
    return 0;
}

int calendar_between(const Options& options) {
    auto calendar = calendar_of(options);
    if (!calendar) return fail(calendar.error());
    const auto from = parse_instant(options.from), to = parse_instant(options.to);
    if (!from || !to) return fail(invalid_field("/instant", "error.not_an_instant"));
    const auto minutes = [](Millis t) { return static_cast<double>(t.count()) / 60000.0; };
    std::printf("working %.3f min, elapsed %.3f min\n", minutes((*calendar)->working_between(*from, *to)),
                minutes(*to - *from));
    print_intervals(**calendar, *from, *to);
    return 0;
}

int audit(const Options& options, Result<Audited> (*every_case)(schema::Store&), const char* done) {
    auto config = options.config();
    if (!config) return fail(config.error());
    schema::StoreOptions store_options;
    store_options.url = config->store;
    auto store = schema::open_store(store_options);
    if (!store) return fail(store.error());
    const auto audited = every_case(**store);
    if (!audited) return fail(audited.error());
    std::printf("%zu cases %s, %zu differ\n", audited->cases, done, audited->differ);
    if (!audited->digest.empty()) std::printf("digest %s\n", audited->digest.c_str());
    return audited->differ == 0 ? 0 : 1;
}

int say_copied(const Result<Copied>& copied, const char* key, const fs::path& path, const Config& config) {
    if (!copied) return fail(copied.error());
    const auto text = schema::sentence(spoken(), key,
                                       {{"cases", std::to_string(copied->cases)},
                                        {"reports", std::to_string(copied->reports)},
                                        {"photos", std::to_string(copied->photos)},
                                        {"path", path.string()},
                                        {"keys", (config.data / "keys.toml").string()}});
    std::printf("%s\n", text.c_str());
    return 0;
}

int back_up_store(const Options& options) {
    const auto config = options.config();
    if (!config) return fail(config.error());
    return say_copied(back_up(*config, options.to), "command.backed_up", options.to, *config);
}

int restore_store(const Options& options) {
    const auto config = options.config();
    if (!config) return fail(config.error());
    return say_copied(restore(*config, options.from), "command.restored", config->data, *config);
}

int export_all(const Options& options) {
    const auto config = options.config();
    if (!config) return fail(config.error());
    const auto done = export_command(*config);
    return done ? 0 : fail(done.error());
}

int import_all(const Options& options) {
    const auto config = options.config();
    if (!config) return fail(config.error());
    const auto done = import_command(*config, options.import_file);
    return done ? 0 : fail(done.error());
}

int pack(const Options& options) {
    const auto config = options.config();
    if (!config) return fail(config.error());
    const auto held = held_store(*config, Holding::to_write);
    if (!held) return fail(held.error());
    TimeSource clock(App::machine_clock());
    const auto done = pack_all(*held->store, clock.now() - std::chrono::days{config->pack_after_days});
    if (!done) return fail(done.error());
    std::printf("%zu cases packed\n", *done);
    return 0;
}

int rules_check(const Options& options) {
    RulesCheckOptions check;
    check.file = options.rules;
    check.language = options.language == "en" ? schema::Language::en : schema::Language::zh;
    check.json = options.json;
    check.now = TimeSource(App::machine_clock()).now();
    if (options.names_store()) {
        auto config = options.config();
        if (!config) return fail(config.error());
        check.district = *config;
    }
    const auto sound = rules_check_command(check);
    if (!sound) return fail(sound.error());
    return *sound ? 0 : 1;
}

int simulate(Options& options) {
    auto config = options.config();
    if (!config) return fail(config.error());
    options.what_if.language = options.language == "en" ? schema::Language::en : schema::Language::zh;
    TimeSource clock(App::machine_clock());
    const auto done = simulate_command(*config, options.what_if, clock.now());
    return done ? 0 : fail(done.error());
}

int answered(const Result<bool>& sound) {
    if (!sound) return fail(sound.error());
    return *sound ? 0 : 1;
}

int rules_explain(const Options& options) {
    if (!options.facts.empty()) {
        ExplainFactsOptions facts{{}, options.draft, options.facts, options.tongue(), {}};
        facts.now = TimeSource(App::machine_clock()).now();
        if (options.names_store()) {
            auto district = options.config();
            if (!district) return fail(district.error());
            facts.district = *district;
        }
        return answered(explain_facts_command(facts));
    }
    auto config = options.config();
    if (!config) return fail(config.error());
    return answered(explain_command({*config, options.rules, options.tongue(), options.json}));
}

int rules_activate(const Options& options) {
    auto config = options.config();
    if (!config) return fail(config.error());
    TimeSource clock(App::machine_clock());
    return answered(rules_activate_command({*config, options.rules, options.tongue(), clock.now()}));
}

int calendar_check(const Options& options) {
    return answered(calendar_check_command(options.calendar, options.tongue()));
}

int move_cases(const Options& options, VersionMove::What what) {
    auto config = options.config();
    if (!config) return fail(config.error());
    TimeSource clock(App::machine_clock());
    return answered(move_cases_command({*config, what, options.perform, options.tongue(), clock.now()}));
}

void add_store_options(CLI::App& command, Options& o) {
    command.add_option("--config", o.file, "mashang.toml");
    command.add_option("--data", o.data, "folder of media, keys and the database");
    command.add_option("--store", o.store, "sqlite:FILE or postgresql://…");
}

void add_rules_check(CLI::App& rules, Options& o) {
    auto* command = rules.add_subcommand("check", "what is wrong with a rule document, and what shows it");
    command->add_option("file", o.rules, "rules document")->required();
    add_store_options(*command, o);
    command->add_option("--language", o.language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
    command->add_flag("--json", o.json, "one JSON list instead of sentences");
}

void add_language(CLI::App& command, Options& o) {
    command.add_option("--language,--lang", o.language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
}

void add_rules_explain(CLI::App& rules, Options& o) {
    auto* command = rules.add_subcommand("explain", "why a case has its owner and due instants");
    auto* number = command->add_option("case", o.rules, "its number");
    command->add_option("--facts", o.facts, "instead: a report as rules check shows it, or a file of it")
        ->excludes(number);
    command->add_option("--rules", o.draft, "rules document, instead of those in force")->needs("--facts");
    add_store_options(*command, o);
    add_language(*command, o);
    command->add_flag("--json", o.json, "as data instead of sentences");
}

void add_rules_activate(CLI::App& rules, Options& o) {
    auto* command = rules.add_subcommand("activate", "put a rule set in force; no server may be running");
    command->add_option("what", o.rules, "a version's number, or a rules document")->required();
    add_store_options(*command, o);
    add_language(*command, o);
}

void add_calendar_check(CLI::App& calendar, Options& o) {
    auto* command = calendar.add_subcommand("check", "what is wrong with a calendar document");
    command->add_option("file", o.calendar, "calendar document")->required();
    add_language(*command, o);
}

void add_move_cases(CLI::App& documents, Options& o) {
    auto* command =
        documents.add_subcommand("move-cases", "open cases to the version in force: what would move");
    command->add_flag("--perform", o.perform, "do it; no server may be running");
    add_store_options(*command, o);
    add_language(*command, o);
}

// Only whole stores so far.
void add_transfer(CLI::App& all, Options& o) {
    auto* out = all.add_subcommand("export", "a whole store as one file, to stdout");
    out->add_option("kind", o.kind)->required()->check(CLI::IsMember({"all"}));
    add_store_options(*out, o);
    auto* in = all.add_subcommand("import", "such a file into an empty store");
    in->add_option("kind", o.kind)->required()->check(CLI::IsMember({"all"}));
    in->add_option("file", o.import_file, "instead of stdin");
    add_store_options(*in, o);
}

void add_copies(CLI::App& all, Options& o) {
    auto* backup = all.add_subcommand("backup", "an online copy of database and photos, never keys");
    add_store_options(*backup, o);
    backup->add_option("--to", o.to, "folder, empty or not there yet")->required();
    auto* restore = all.add_subcommand("restore", "check a backup and put it into an empty folder");
    restore->add_option("--data", o.data, "folder, empty or not there yet")->required();
    restore->add_option("--from", o.from, "folder that backup made")->required();
}

void add_stamp(CLI::App& all, Options& o) {
    auto* command =
        all.add_subcommand("stamp", "many more cases like its own into a fresh demo store, for measuring");
    add_store_options(*command, o);
    command->add_option("--cases", o.stamp.cases)->required()->check(CLI::Range(1, 100'000'000));
    command->add_option("--open", o.stamp.open, "of them open; one in fifty, at most 20000")
        ->check(CLI::Range(0, 100'000'000));
    command->add_option("--days", o.stamp.days, "over which the closed ones lie")->check(CLI::Range(7, 3650));
}

void add_simulate(CLI::App& rules, Options& o) {
    auto* command = rules.add_subcommand("simulate", "what if: past reports judged again under drafts");
    add_store_options(*command, o);
    command->add_option("--from", o.what_if.from, "first day, or instant")->required();
    command->add_option("--to", o.what_if.to, "day after the last, or instant")->required();
    command->add_option("--draft", o.what_if.rules, "rules document");
    command->add_option("--standards", o.what_if.standards, "standards document");
    command->add_option("--calendar", o.what_if.calendar, "calendar document");
    command->add_option("--shifts", o.what_if.shifts, "shifts document");
    command->add_option("--samples", o.what_if.samples, "how many reports to show at most");
    command->add_option("--language", o.language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
    command->add_flag("--json", o.what_if.json, "one JSON document instead of sentences");
}

}  // namespace

int run_command_line(int argc, char** argv) {
    spdlog::set_default_logger(spdlog::stderr_logger_mt("mashang"));
    Options o;
    CLI::App all("mashang: from a code on a lamp post to a named person");
    all.require_subcommand(1);
    auto* serve_command = all.add_subcommand("serve", "the server");
    add_store_options(*serve_command, o);
    serve_command->add_option("--port", o.port)->check(CLI::Range(0, 65535));
    serve_command->add_option("--base-url", o.base_url, "what codes and links say");
    serve_command->add_option("--web", o.web, "folder of built pages instead of the embedded ones");
    serve_command->add_flag("--no-limits", o.no_limits, "lift budgets and capacity (loopback)");
    serve_command->add_flag("--test-clock", o.test_clock, "allow POST /api/v1/test/clock (loopback)");
    auto* demo_command = all.add_subcommand("demo", "fill an empty store with the demo district");
    add_store_options(*demo_command, o);
    demo_command->add_option("--base-url", o.base_url, "what codes and links say");
    demo_command->add_option("--port", o.port)->check(CLI::Range(0, 65535));
    demo_command->add_option("--days", o.days, "of made-up past; 0 for none")->check(CLI::Range(0, 60));
    auto* calendar = all.add_subcommand("calendar", "working time from a shell")->require_subcommand(1);
    auto* add = calendar->add_subcommand("add", "the due instant of a limit");
    add->add_option("instant", o.instant)->required();
    add->add_option("limit", o.limit)->required();
    add->add_option("--calendar", o.calendar, "calendar document");
    auto* between = calendar->add_subcommand("between", "the time between two instants");
    between->add_option("from", o.from)->required();
    between->add_option("to", o.to)->required();
    between->add_option("--calendar", o.calendar, "calendar document");
    auto* replay_command = all.add_subcommand("replay", "fold every journal anew and compare");
    add_store_options(*replay_command, o);
    auto* chains = all.add_subcommand("audit", "the hash chains")->require_subcommand(1);
    auto* verify = chains->add_subcommand("verify", "check every case's chain");
    add_store_options(*verify, o);
    auto* rules = all.add_subcommand("rules", "what decides who gets a report")->require_subcommand(1);
    add_rules_check(*rules, o);
    add_rules_explain(*rules, o);
    add_rules_activate(*rules, o);
    add_calendar_check(*calendar, o);
    add_move_cases(*calendar, o);
    auto* standards = all.add_subcommand("standards", "how long each step may take")->require_subcommand(1);
    add_move_cases(*standards, o);
    add_transfer(all, o);
    add_copies(all, o);
    auto* pack_command = all.add_subcommand("pack", "compress the closed cases that nobody touches any more");
    add_store_options(*pack_command, o);
    pack_command->add_option("--days", o.pack_days, "untouched so long; pack_after_days of mashang.toml")
        ->check(CLI::Range(0, 36500));
    add_simulate(*rules, o);
    add_stamp(all, o);
    CLI11_PARSE(all, argc, argv);
    if (*serve_command) return serve(o);
    if (*demo_command) return demo(o);
    if (all.got_subcommand("stamp")) return stamp(o);
    if (all.got_subcommand("export")) return export_all(o);
    if (all.got_subcommand("import")) return import_all(o);
    if (*add) return calendar_add(o);
    if (*between) return calendar_between(o);
    if (all.got_subcommand("backup")) return back_up_store(o);
    if (all.got_subcommand("restore")) return restore_store(o);
    if (*pack_command) return pack(o);
    if (*replay_command) return audit(o, replay_cases, "replayed");
    if (rules->got_subcommand("check")) return rules_check(o);
    if (rules->got_subcommand("simulate")) return simulate(o);
    if (rules->got_subcommand("explain")) return rules_explain(o);
    if (rules->got_subcommand("activate")) return rules_activate(o);
    if (calendar->got_subcommand("check")) return calendar_check(o);
    if (calendar->got_subcommand("move-cases")) return move_cases(o, VersionMove::What::calendar);
    if (*standards) return move_cases(o, VersionMove::What::standards);
    return audit(o, verify_chains, "verified");
}

}  // namespace mashang::server
