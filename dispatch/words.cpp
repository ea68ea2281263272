// The words of documents and API for every enumerator of case.hpp, and back. The tables stand in the order of
// the enumerators, which the compiler proves; the tests hold the same words a second time.
#include <array>
#include <utility>

#include "dispatch/case.hpp"

namespace mashang {
namespace {

template <class E>
using Word = std::pair<E, std::string_view>;

template <class E>
struct Words;

template <>
struct Words<Status> {
    static constexpr std::array all = std::to_array<Word<Status>>({
        {Status::waiting, "waiting"},
        {Status::dispatched, "dispatched"},
        {Status::signed_off, "signed_off"},
        {Status::responded, "responded"},
        {Status::in_review, "in_review"},
        {Status::closed, "closed"},
        {Status::rejected, "rejected"},
        {Status::withdrawn, "withdrawn"},
        {Status::merged, "merged"},
    });
};

template <>
struct Words<Stage> {
    static constexpr std::array all = std::to_array<Word<Stage>>({
        {Stage::sign_off, "sign_off"},
        {Stage::response, "response"},
        {Stage::closure, "closure"},
        {Stage::review, "review"},
        {Stage::end_to_end, "end_to_end"},
        {Stage::part, "part"},
        {Stage::supervision, "supervision"},
    });
};

template <>
struct Words<Priority> {
    static constexpr std::array all = std::to_array<Word<Priority>>({
        {Priority::ordinary, "ordinary"},
        {Priority::urgent, "urgent"},
        {Priority::emergency, "emergency"},
    });
};

template <>
struct Words<ReporterKind> {
    static constexpr std::array all = std::to_array<Word<ReporterKind>>({
        {ReporterKind::resident, "resident"},
        {ReporterKind::enterprise, "enterprise"},
        {ReporterKind::staff, "staff"},
        {ReporterKind::agent, "agent"},
    });
};

template <>
struct Words<Role> {
    static constexpr std::array all = std::to_array<Word<Role>>({
        {Role::worker, "worker"},
        {Role::leader, "leader"},
        {Role::reviewer, "reviewer"},
        {Role::unit, "unit"},
        {Role::agent, "agent"},
        {Role::community, "community"},
        {Role::street, "street"},
        {Role::district, "district"},
        {Role::administrator, "administrator"},
        {Role::integrator, "integrator"},
        {Role::resident, "resident"},
        {Role::system, "system"},
    });
};

template <>
struct Words<ClockState> {
    static constexpr std::array all = std::to_array<Word<ClockState>>({
        {ClockState::pending, "pending"},
        {ClockState::running, "running"},
        {ClockState::held, "held"},
        {ClockState::met, "met"},
        {ClockState::breached, "breached"},
        {ClockState::cancelled, "cancelled"},
    });
};

template <>
struct Words<Threshold> {
    static constexpr std::array all = std::to_array<Word<Threshold>>({
        {Threshold::half, "half"},
        {Threshold::most, "most"},
        {Threshold::due, "due"},
        {Threshold::repeat, "repeat"},
    });
};

template <>
struct Words<EventType> {
    static constexpr std::array all = std::to_array<Word<EventType>>({
        {EventType::submitted, "submitted"},
        {EventType::joined, "joined"},
        {EventType::supplemented, "supplemented"},
        {EventType::assigned, "assigned"},
        {EventType::signed_off, "signed_off"},
        {EventType::return_asked, "return_asked"},
        {EventType::return_accepted, "return_accepted"},
        {EventType::return_refused, "return_refused"},
        {EventType::transferred, "transferred"},
        {EventType::adjudication_opened, "adjudication_opened"},
        {EventType::adjudicated, "adjudicated"},
        {EventType::responded, "responded"},
        {EventType::step_finished, "step_finished"},
        {EventType::close_submitted, "close_submitted"},
        {EventType::approved, "approved"},
        {EventType::redone, "redone"},
        {EventType::rated, "rated"},
        {EventType::dissatisfied, "dissatisfied"},
        {EventType::upheld, "upheld"},
        {EventType::reopened, "reopened"},
        {EventType::pause_asked, "pause_asked"},
        {EventType::paused, "paused"},
        {EventType::pause_refused, "pause_refused"},
        {EventType::resumed, "resumed"},
        {EventType::extension_asked, "extension_asked"},
        {EventType::extended, "extended"},
        {EventType::extension_refused, "extension_refused"},
        {EventType::co_handler_added, "co_handler_added"},
        {EventType::part_finished, "part_finished"},
        {EventType::part_waived, "part_waived"},
        {EventType::reclassified, "reclassified"},
        {EventType::reprioritised, "reprioritised"},
        {EventType::rejected, "rejected"},
        {EventType::withdrawn, "withdrawn"},
        {EventType::merged_into, "merged_into"},
        {EventType::merged_from, "merged_from"},
        {EventType::split_off, "split_off"},
        {EventType::split_from, "split_from"},
        {EventType::supervised, "supervised"},
        {EventType::answered, "answered"},
        {EventType::noted, "noted"},
        {EventType::called_back, "called_back"},
        {EventType::threshold_passed, "threshold_passed"},
        {EventType::calendar_extended, "calendar_extended"},
        {EventType::versions_moved, "versions_moved"},
    });
};

template <>
struct Words<CommandKind> {
    static constexpr std::array all = std::to_array<Word<CommandKind>>({
        {CommandKind::assign, "assign"},
        {CommandKind::sign_off, "sign-off"},
        {CommandKind::return_case, "return"},
        {CommandKind::decide_return, "decide-return"},
        {CommandKind::transfer, "transfer"},
        {CommandKind::adjudicate, "adjudicate"},
        {CommandKind::respond, "respond"},
        {CommandKind::finish_step, "finish-step"},
        {CommandKind::close, "close"},
        {CommandKind::review, "review"},
        {CommandKind::rate, "rate"},
        {CommandKind::reopen, "reopen"},
        {CommandKind::pause, "pause"},
        {CommandKind::decide_pause, "decide-pause"},
        {CommandKind::resume, "resume"},
        {CommandKind::request_extension, "request-extension"},
        {CommandKind::decide_extension, "decide-extension"},
        {CommandKind::add_co_handler, "add-co-handler"},
        {CommandKind::finish_part, "finish-part"},
        {CommandKind::waive_part, "waive-part"},
        {CommandKind::reclassify, "reclassify"},
        {CommandKind::reprioritise, "reprioritise"},
        {CommandKind::reject, "reject"},
        {CommandKind::withdraw, "withdraw"},
        {CommandKind::merge, "merge"},
        {CommandKind::split, "split"},
        {CommandKind::supervise, "supervise"},
        {CommandKind::answer, "answer"},
        {CommandKind::note, "note"},
        {CommandKind::call_back, "call-back"},
        {CommandKind::supplement, "supplement"},
    });
};
static_assert(Words<CommandKind>::all.size() == command_kinds);

template <class E>
constexpr bool in_order() {
    for (std::size_t i = 0; i < Words<E>::all.size(); ++i) {
        if (static_cast<std::size_t>(Words<E>::all[i].first) != i) return false;
    }
    return true;
}
static_assert(in_order<Status>() && in_order<Stage>() && in_order<Priority>() && in_order<ReporterKind>() &&
              in_order<Role>() && in_order<ClockState>() && in_order<Threshold>() && in_order<EventType>() &&
              in_order<CommandKind>());

// Every enumerator is in its table, so `at` throws only for a number that is no enumerator: a bug.
template <class E>
std::string_view word_of(E v) {
    return Words<E>::all.at(static_cast<std::size_t>(v)).second;
}

}  // namespace

std::string_view to_string(Status v) {
    return word_of(v);
}
std::string_view to_string(Stage v) {
    return word_of(v);
}
std::string_view to_string(Priority v) {
    return word_of(v);
}
std::string_view to_string(Role v) {
    return word_of(v);
}
std::string_view to_string(ClockState v) {
    return word_of(v);
}
std::string_view to_string(EventType v) {
    return word_of(v);
}
std::string_view to_string(ReporterKind v) {
    return word_of(v);
}
std::string_view to_string(Threshold v) {
    return word_of(v);
}
std::string_view to_string(CommandKind v) {
    return word_of(v);
}

template <class E>
std::optional<E> parse_word(std::string_view text) {
    for (const auto& [value, word] : Words<E>::all) {
        if (word == text) return value;
    }
    return std::nullopt;
}

template <class E>
std::vector<std::string> words_of() {
    std::vector<std::string> words;
    for (const auto& [value, word] : Words<E>::all) words.emplace_back(word);
    return words;
}

template std::optional<Status> parse_word<Status>(std::string_view);
template std::optional<Stage> parse_word<Stage>(std::string_view);
template std::optional<Priority> parse_word<Priority>(std::string_view);
template std::optional<Role> parse_word<Role>(std::string_view);
template std::optional<ClockState> parse_word<ClockState>(std::string_view);
template std::optional<EventType> parse_word<EventType>(std::string_view);
template std::optional<ReporterKind> parse_word<ReporterKind>(std::string_view);
template std::optional<Threshold> parse_word<Threshold>(std::string_view);
template std::optional<CommandKind> parse_word<CommandKind>(std::string_view);
template std::vector<std::string> words_of<Status>();
template std::vector<std::string> words_of<Stage>();
template std::vector<std::string> words_of<Priority>();
template std::vector<std::string> words_of<Role>();
template std::vector<std::string> words_of<ClockState>();
template std::vector<std::string> words_of<EventType>();
template std::vector<std::string> words_of<ReporterKind>();
template std::vector<std::string> words_of<Threshold>();
template std::vector<std::string> words_of<CommandKind>();

}  // namespace mashang
