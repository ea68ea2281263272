#include "server/gauges.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace mashang::server {

using prometheus::Histogram;

struct Gauges::Registry {
    prometheus::Registry all;
    prometheus::Counter& reports;
    Histogram& dispatch;
    prometheus::Family<prometheus::Counter>& responses;
    Histogram& lateness;
    prometheus::Counter& poisoned;
    prometheus::Family<prometheus::Gauge>& overdue;

    Registry()
        : reports(prometheus::BuildCounter()
                      .Name("mashang_reports_total")
                      .Help("Reports durably dispatched")
                      .Register(all)
                      .Add({})),
          dispatch(prometheus::BuildHistogram()
                       .Name("mashang_dispatch_seconds")
                       .Help("From a report's last byte to its durable assignment")
                       .Register(all)
                       .Add({}, Histogram::BucketBoundaries{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
                                                            0.5, 1, 2, 5})),
          responses(prometheus::BuildCounter()
                        .Name("mashang_http_responses_total")
                        .Help("Responses by status")
                        .Register(all)),
          lateness(prometheus::BuildHistogram()
                       .Name("mashang_timer_lateness_seconds")
                       .Help("From a threshold's instant to its firing")
                       .Register(all)
                       .Add({}, Histogram::BucketBoundaries{0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 300})),
          poisoned(prometheus::BuildCounter()
                       .Name("mashang_timers_poisoned_total")
                       .Help("Cases whose firing failed and that were set aside")
                       .Register(all)
                       .Add({})),
          overdue(prometheus::BuildGauge()
                      .Name("mashang_overdue_cases")
                      .Help("Open cases past due, by stage")
                      .Register(all)) {}
};

Gauges::Gauges() : registry_(std::make_unique<Registry>()) {}
Gauges::~Gauges() = default;

void Gauges::report_dispatched(std::chrono::microseconds from_last_byte) {
    registry_->reports.Increment();
    registry_->dispatch.Observe(std::chrono::duration<double>(from_last_byte).count());
}

void Gauges::response_sent(int status) {
    registry_->responses.Add({{"status", std::to_string(status)}}).Increment();
}

void Gauges::timer_fired(std::chrono::milliseconds late) {
    registry_->lateness.Observe(std::chrono::duration<double>(late).count());
}

void Gauges::timer_poisoned() {
    registry_->poisoned.Increment();
}

std::string Gauges::text(const Now& now) {
    const auto set = [this](const char* name, const char* help, double value) {
        prometheus::BuildGauge().Name(name).Help(help).Register(registry_->all).Add({}).Set(value);
    };
    set("mashang_queue_depth", "Writes waiting for the writer", static_cast<double>(now.queue_jobs));
    set("mashang_commits", "Commits since the start", static_cast<double>(now.commits));
    set("mashang_commit_batch_mean", "Writes a commit",
        now.commits ? static_cast<double>(now.jobs) / static_cast<double>(now.commits) : 0);
    set("mashang_outbox_lag", "Messages nobody has seen yet", static_cast<double>(now.outbox_lag));
    set("mashang_connections", "Open connections", static_cast<double>(now.connections));
    set("mashang_live_subscribers", "Open live pages", static_cast<double>(now.live_subscribers));
    set("mashang_clock_skew_ms", "How far the machine's clock once stepped back",
        static_cast<double>(now.clock_skew_ms));
    set("mashang_clock_behind_ms", "How far it stands behind now; time is held meanwhile",
        static_cast<double>(now.clock_behind_ms));
    set("mashang_ready", "1 while it can store and dispatch", now.ready ? 1 : 0);
    for (const auto& [stage, n] : now.overdue_by_stage)
        registry_->overdue.Add({{"stage", stage}}).Set(static_cast<double>(n));
    return prometheus::TextSerializer().Serialize(registry_->all.Collect());
}

}  // namespace mashang::server
