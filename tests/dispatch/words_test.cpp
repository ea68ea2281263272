#include <catch2/catch.hpp>
#include <string>

#include "dispatch/case.hpp"

namespace mashang {
namespace {

// Walks the enumerators by number beside a list written from lifecycle.md and api.md.
template <class E>
void has_words(const std::vector<std::string>& expected) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const E value = static_cast<E>(i);
        CHECK(to_string(value) == expected[i]);
        CHECK(parse_word<E>(expected[i]) == value);
    }
    CHECK_FALSE(parse_word<E>("").has_value());
    CHECK_FALSE(parse_word<E>("nonsense").has_value());
}

}  // namespace

TEST_CASE("every status, stage, role and clock state has the word of lifecycle.md") {
    has_words<Status>({"waiting", "dispatched", "signed_off", "responded", "in_review", "closed", "rejected",
                       "withdrawn", "merged"});
    has_words<Stage>({"sign_off", "response", "closure", "review", "end_to_end", "part", "supervision"});
    has_words<Priority>({"ordinary", "urgent", "emergency"});
    has_words<Role>({"worker", "leader", "reviewer", "unit", "agent", "community", "street", "district",
                     "administrator", "integrator", "resident", "system"});
    has_words<ClockState>({"pending", "running", "held", "met", "breached", "cancelled"});
    has_words<ReporterKind>({"resident", "enterprise", "staff", "agent"});
    has_words<Threshold>({"half", "most", "due", "repeat"});
}

TEST_CASE("every command has the name of its address in api.md") {
    has_words<CommandKind>({"assign",
                            "sign-off",
                            "return",
                            "decide-return",
                            "transfer",
                            "adjudicate",
                            "respond",
                            "finish-step",
                            "close",
                            "review",
                            "rate",
                            "reopen",
                            "pause",
                            "decide-pause",
                            "resume",
                            "request-extension",
                            "decide-extension",
                            "add-co-handler",
                            "finish-part",
                            "waive-part",
                            "reclassify",
                            "reprioritise",
                            "reject",
                            "withdraw",
                            "merge",
                            "split",
                            "supervise",
                            "answer",
                            "note",
                            "call-back",
                            "supplement"});
}

TEST_CASE("the journal's event words never change, for old journals are read by them") {
    has_words<EventType>({"submitted",
                          "joined",
                          "supplemented",
                          "assigned",
                          "signed_off",
                          "return_asked",
                          "return_accepted",
                          "return_refused",
                          "transferred",
                          "adjudication_opened",
                          "adjudicated",
                          "responded",
                          "step_finished",
                          "close_submitted",
                          "approved",
                          "redone",
                          "rated",
                          "dissatisfied",
                          "upheld",
                          "reopened",
                          "pause_asked",
                          "paused",
                          "pause_refused",
                          "resumed",
                          "extension_asked",
                          "extended",
                          "extension_refused",
                          "co_handler_added",
                          "part_finished",
                          "part_waived",
                          "reclassified",
                          "reprioritised",
                          "rejected",
                          "withdrawn",
                          "merged_into",
                          "merged_from",
                          "split_off",
                          "split_from",
                          "supervised",
                          "answered",
                          "noted",
                          "called_back",
                          "threshold_passed",
                          "calendar_extended",
                          "versions_moved"});
}

}  // namespace mashang
