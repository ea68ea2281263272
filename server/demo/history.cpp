#include "server/demo/history.hpp"

#include <algorithm>
#include <map>

#include "server/demo/dice.hpp"
#include "server/demo/plot.hpp"
#include "server/demo/staff.hpp"
#include "server/demo/tables.hpp"

namespace mashang::demo {
namespace {

constexpr std::uint64_t history_seed = 20261123;
constexpr auto district_offset = std::chrono::hours(8);
// A stuck case weeks old would be a scandal; the demo has cases that wait, but only since the other day.
constexpr auto left_open_days = std::chrono::days(6);

// Reports per hour of the day, midnight first: mornings, and again when people come home.
const std::vector<std::int64_t> hour_weights{0, 0, 0, 0, 0, 0,  2, 8, 12, 13, 11, 8,
                                             5, 6, 8, 9, 9, 10, 9, 7, 5,  3,  0,  0};
const std::vector<std::int64_t> weekday_weights{65, 112, 108, 104, 106, 110, 80};  // Sunday first

struct Matter {
    std::string code;
    Pace pace;
    std::string unit_kind;
    std::vector<std::string_view> wordings;
};

class Chronicler {
  public:
    explicit Chronicler(const District& district) : district_(district), dice_(history_seed) {
        for (const auto& row : rows(Table::matters)) read_matter(row);
        for (auto part : rows(Table::reports)) {
            if (part[0] == "when") openings_.assign(part.begin() + 1, part.end());
            if (part[0] == "number") numbers_.assign(part.begin() + 1, part.end());
            if (part[0] == "ask") asks_.assign(part.begin() + 1, part.end());
        }
        titles_ = split(value(Table::names, "title"), ' ');
        surnames_ = split(value(Table::names, "surname"), ' ');
        // Some places are reported again and again.
        for (std::size_t i = 0; i < district.codes.size(); ++i)
            place_weights_.push_back(i == 0 || dice_.chance(12) ? 10 : 2);
    }

    std::vector<HistoryItem> chronicle(std::chrono::local_days first, std::chrono::local_days last) {
        std::vector<std::int64_t> day_weights;
        for (auto day = first; day <= last; day += std::chrono::days(1))
            day_weights.push_back(weekday_weights[std::chrono::weekday(day).c_encoding()]);
        std::vector<Instant> instants;
        while (instants.size() < history_reports)
            instants.push_back(instant_on(first + std::chrono::days(dice_.weighted(day_weights))));
        std::sort(instants.begin(), instants.end());

        const Instant young = start_of(last) - left_open_days;
        std::vector<HistoryItem> items;
        for (auto at : instants) items.push_back(report(at, at >= young));
        return items;
    }

  private:
    void read_matter(const Row& row) {
        Matter matter{std::string(row[0]),
                      row[1] == "elapsed" ? Pace::elapsed : Pace::working,
                      row[2] == "-" ? std::string() : std::string(row[2]),
                      {}};
        for (const auto& wording : rows(Table::reports))
            if (wording[0] == row[0]) matter.wordings.assign(wording.begin() + 1, wording.end());
        for (auto part : split(row[3], ' ')) {
            const auto kind_weight = split(part, ':');
            auto& at_kind = by_kind_[std::string(kind_weight[0])];
            at_kind.matters.push_back(matters_.size());
            at_kind.weights.push_back(std::stoi(std::string(kind_weight[1])));
        }
        matters_.push_back(std::move(matter));
    }

    static Instant start_of(std::chrono::local_days day) {
        return Instant(std::chrono::duration_cast<Millis>(day.time_since_epoch() - district_offset));
    }

    Instant instant_on(std::chrono::local_days day) {
        const auto hour = std::chrono::hours(dice_.weighted(hour_weights));
        return start_of(day) + hour + Millis(dice_.below(3600 * 1000));
    }

    HistoryItem report(Instant at, bool young) {
        HistoryItem item;
        item.at = at;
        item.code = dice_.weighted(place_weights_);
        const auto& kind = by_kind_.at(district_.codes[item.code].place.kind);
        const auto& matter = matters_[kind.matters[dice_.weighted(kind.weights)]];
        item.matter = matter.code;
        item.text = wording(matter);
        sender(item);
        item.script = choose_script(dice_);
        if (item.script == Script::left_open && !young) item.script = Script::plain;
        if (item.script == Script::co_handled && matter.unit_kind.empty()) item.script = Script::plain;
        item.steps = plot(item.script, matter.code, matter.pace, matter.unit_kind, dice_);
        return item;
    }

    std::string wording(const Matter& matter) {
        std::string_view body = dice_.pick(matter.wordings);
        const auto number = dice_.pick(numbers_);
        if (body.starts_with('!')) return fill(body.substr(1), {{"n", number}});
        std::string text(dice_.pick(openings_));
        text += fill(body, {{"n", number}});
        const auto stop = value(Table::names, "stop"), pause = value(Table::names, "comma");
        if (const auto ask = dice_.pick(asks_); !ask.empty()) (text += pause) += ask;
        return text += stop;
    }

    void sender(HistoryItem& item) {
        const auto& kind = district_.codes[item.code].place.kind;
        const bool business = kind == "shop" || kind == "market" || kind == "construction_site";
        const auto throw_of_100 = dice_.below(100);
        item.reporter = throw_of_100 < 8                ? ReporterKind::staff
                        : throw_of_100 < 12             ? ReporterKind::agent
                        : business && throw_of_100 < 40 ? ReporterKind::enterprise
                                                        : ReporterKind::resident;
        item.anonymous = item.reporter == ReporterKind::resident && dice_.chance(35);
        if (item.anonymous) return;
        const bool formal = item.reporter != ReporterKind::resident || dice_.chance(30);
        if (formal) {
            item.name = namer_.full_name(dice_);
        } else if (dice_.chance(80)) {
            item.name = dice_.pick(surnames_);
            item.name += dice_.pick(titles_);
        }
        if (formal || dice_.chance(70))
            item.phone = "1370106" + std::to_string(10000 + dice_.below(10000)).substr(1);
    }

    struct AtKind {
        std::vector<std::size_t> matters;
        std::vector<std::int64_t> weights;
    };

    const District& district_;
    Dice dice_;
    Namer namer_;
    std::vector<Matter> matters_;
    std::map<std::string, AtKind> by_kind_;
    std::vector<std::string_view> openings_, asks_, numbers_, titles_, surnames_;
    std::vector<std::int64_t> place_weights_;
};

}  // namespace

std::vector<HistoryItem> make_history(const District& district, std::chrono::local_days first_day,
                                      std::chrono::local_days last_day) {
    return Chronicler(district).chronicle(first_day, last_day);
}

}  // namespace mashang::demo
