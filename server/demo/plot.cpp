#include "server/demo/plot.hpp"

#include <string_view>

#include "server/demo/tables.hpp"

namespace mashang::demo {
namespace {

class Plot {
  public:
    Plot(const std::string& matter, Pace pace, const std::string& unit_kind, Dice& dice)
        : matter_(matter), pace_(pace), unit_kind_(unit_kind), dice_(dice) {}

    std::vector<Step> play(Script script) {
        switch (script) {
            case Script::plain:
                return plain();
            case Script::late:
                return late();
            case Script::co_handled:
                return co_handled();
            case Script::paused:
                return paused();
            case Script::returned:
                return returned(true);
            case Script::return_refused:
                return returned(false);
            case Script::extended:
                return extended();
            case Script::redone:
                return redone();
            case Script::dissatisfied_upheld:
                return dissatisfied(true);
            case Script::dissatisfied_redone:
                return dissatisfied(false);
            case Script::reopened:
                return reopened();
            case Script::withdrawn:
                return withdrawn();
            case Script::rejected:
                return rejected();
            case Script::left_open:
                return left_open();
        }
        return {};
    }

  private:
    Step& add(CommandKind kind, Doer by, int low, int high, std::string_view words) {
        Step s;
        s.kind = kind;
        s.by = by;
        s.after_minutes = static_cast<int>(dice_.between(low, high));
        // Reviewers, leaders and units keep office hours; reporters have their phone at hand.
        s.pace = by == Doer::reporter ? Pace::elapsed : by == Doer::owner ? pace_ : Pace::working;
        if (!words.empty()) s.text = one_of(words);
        steps_.push_back(std::move(s));
        return steps_.back();
    }

    std::string one_of(std::string_view key) {
        for (const auto& row : rows(Table::deeds)) {
            if (row[0] != key) continue;
            const auto which = dice_.between(1, static_cast<std::int64_t>(row.size()) - 1);
            return std::string(row[static_cast<std::size_t>(which)]);
        }
        return {};
    }

    // The words for closing: of the longest prefix of the matter that has its own.
    std::string close_key() const {
        for (auto length = matter_.size(); length > 0; --length) {
            auto key = "close:" + matter_.substr(0, length);
            if (!value(Table::deeds, key).empty()) return key;
        }
        return "close:S";
    }

    void sign_off(int low = 1, int high = 18) { add(CommandKind::sign_off, Doer::owner, low, high, {}); }
    void respond(int low = 3, int high = 40) {
        add(CommandKind::respond, Doer::owner, low, high, dice_.chance(60) ? "respond" : "");
    }
    void close(int low = 15, int high = 110) { add(CommandKind::close, Doer::owner, low, high, close_key()); }
    void review(bool yes, int low = 5, int high = 90, Doer by = Doer::reviewer) {
        add(CommandKind::review, by, low, high, yes ? "approve" : "redo").yes = yes;
    }
    void start() {
        sign_off();
        respond();
    }

    void rate(int score) {
        const auto key = score < 3 ? std::string("rate_low") : "rate_" + std::to_string(score);
        add(CommandKind::rate, Doer::reporter, 3, 1500, key).score = score;
    }
    void maybe_rate() {
        if (!dice_.chance(60)) return;
        static const std::vector<std::int64_t> weights{6, 20, 74};
        rate(3 + static_cast<int>(dice_.weighted(weights)));
    }
    std::vector<Step> finish() {
        review(true);
        maybe_rate();
        return std::move(steps_);
    }

    std::vector<Step> plain() {
        start();
        close();
        return finish();
    }

    std::vector<Step> late() {
        // One stage is missed by far, each in its turn of the dice.
        const auto which = dice_.below(10);
        sign_off(which < 3 ? 45 : 1, which < 3 ? 200 : 18);
        respond(which >= 3 && which < 5 ? 140 : 3, which >= 3 && which < 5 ? 320 : 40);
        close(which >= 5 && which < 9 ? 900 : 15, which >= 5 && which < 9 ? 2200 : 110);
        review(true, which == 9 ? 900 : 5, which == 9 ? 1400 : 90);
        maybe_rate();
        return std::move(steps_);
    }

    std::vector<Step> co_handled() {
        sign_off(1, 10);
        respond(3, 25);
        add(CommandKind::add_co_handler, Doer::owner, 1, 8, "co_handler").unit_kind = unit_kind_;
        add(CommandKind::finish_part, Doer::unit, 20, 90, "finish_part");
        close(3, 25);
        return finish();
    }

    std::vector<Step> paused() {
        start();
        const auto minutes = static_cast<int>(dice_.between(1, 3)) * 24 * 60;
        add(CommandKind::pause, Doer::owner, 5, 40, "pause").until_minutes = minutes;
        add(CommandKind::decide_pause, Doer::leader, 5, 60, "grant_pause").yes = true;
        add(CommandKind::resume, Doer::owner, 60, 400, "resume");
        close(10, 60);
        return finish();
    }

    std::vector<Step> returned(bool accepted) {
        add(CommandKind::return_case, Doer::owner, 2, 15, "return");
        add(CommandKind::decide_return, Doer::leader, 3, 25, accepted ? "accept_return" : "refuse_return")
            .yes = accepted;
        return plain();
    }

    std::vector<Step> extended() {
        start();
        add(CommandKind::request_extension, Doer::owner, 20, 60, "extension").limit =
            Limit{Unit::working_days, dice_.between(1, 2)};
        add(CommandKind::decide_extension, Doer::leader, 3, 40, "grant_extension").yes = true;
        close(150, 400);
        return finish();
    }

    std::vector<Step> redone() {
        start();
        close(15, 60);
        review(false);
        close(10, 60);
        return finish();
    }

    std::vector<Step> dissatisfied(bool upheld) {
        start();
        close();
        review(true);
        rate(static_cast<int>(dice_.between(1, 2)));
        add(CommandKind::review, Doer::other_reviewer, 10, 120, upheld ? "uphold" : "redo_after_rating").yes =
            upheld;
        if (upheld) return std::move(steps_);
        close(20, 150);
        review(true);
        return std::move(steps_);
    }

    std::vector<Step> reopened() {
        start();
        close();
        review(true);
        add(CommandKind::reopen, Doer::street, 300, 1200, "reopen");
        start();
        close();
        review(true);
        return std::move(steps_);
    }

    std::vector<Step> withdrawn() {
        if (dice_.chance(60)) sign_off();
        add(CommandKind::withdraw, Doer::reporter, 5, 60, "withdraw");
        return std::move(steps_);
    }

    std::vector<Step> rejected() {
        auto& step = add(CommandKind::reject, Doer::leader, 8, 40, "");
        // Reason and advice belong together: the same column of both rows.
        const auto which = dice_.chance(50) ? 1U : 2U;
        for (const auto& row : rows(Table::deeds)) {
            if (row[0] == "reject") step.text = row[which];
            if (row[0] == "reject_to") step.advice = row[which];
        }
        return std::move(steps_);
    }

    std::vector<Step> left_open() {
        const auto until = dice_.below(3);  // never taken, taken only, responded to only
        if (until > 0) sign_off();
        if (until > 1) respond();
        return std::move(steps_);
    }

    const std::string& matter_;
    Pace pace_;
    const std::string& unit_kind_;
    Dice& dice_;
    std::vector<Step> steps_;
};

}  // namespace

Script choose_script(Dice& dice) {
    // In the order of the enumerators, of 1000.
    static const std::vector<std::int64_t> weights{560, 90, 120, 30, 25, 10, 30, 40, 6, 13, 8, 8, 6, 54};
    return static_cast<Script>(dice.weighted(weights));
}

std::vector<Step> plot(Script script, const std::string& matter, Pace pace, const std::string& unit_kind,
                       Dice& dice) {
    return Plot(matter, pace, unit_kind, dice).play(script);
}

}  // namespace mashang::demo
