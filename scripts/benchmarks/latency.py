"""Open loop: accept to durably assigned, at stated rates and at the knee, beside fdatasync of that minute."""

from benchmarks.programs import Server, floor_of, probe_disk
from benchmarks.table import Row, at_most, below

RATES = (1_000, 2_500, 5_000, 10_000)
SECONDS, WARM_UP_S = 15, 3
SEARCH_S = 5  # of each step towards the knee
KNEE_P99_MS = 100
KNEE_STEP = 1.06  # as near as the search comes
GOAL_RATIO, GOAL_RATE = 15, 1_000
GOAL_P999_MS, GOAL_P999_RATE = 1_000, 10_000


def connections(rate):
    """Enough that a stall of some 50 ms leaves idle ones."""
    return 64 + rate // 20


def failed(found):
    return found["broken"] + found["unanswered"] + sum(found["other_answers"].values())


def passes(found):
    return failed(found) == 0 and found["latency"]["p99_ms"] < KNEE_P99_MS


def at_rate(bench, server, rate, seconds, warm_up):
    before = server.cpu_s()
    found = server.load(
        "reports", rate=rate, seconds=seconds, warm_up=warm_up, connections=connections(rate)
    )
    found["server_cores"] = round((server.cpu_s() - before) / (seconds + warm_up), 3)
    return found


def find_knee(bench, server, known):
    """By bisection between the highest rate that passed and the lowest that did not."""
    good = max((rate for rate, found in known.items() if passes(found)), default=RATES[0] / 8)
    bad = min((rate for rate, found in known.items() if not passes(found) and rate > good), default=None)
    tried = []
    while bad is None or bad / good > KNEE_STEP * (1.1 if bench.quick else 1):
        rate = round((good * 1.5 if bad is None else (good * bad) ** 0.5) / 50) * 50
        if rate in (good, bad):
            break
        found = at_rate(bench, server, rate, bench.seconds(SEARCH_S), 1)
        tried.append({"rate": rate, "p99_ms": found["latency"]["p99_ms"], "failed": failed(found)})
        if passes(found):
            good = rate
        else:
            bad = rate
    return round(good), tried


def measure(bench):
    result = {"rates": {}, "fdatasync": []}
    with Server(bench.folder) as server:
        result["start"] = {"demo_s": round(server.fill_s, 2), "ready_s": round(server.ready_s, 2)}
        result["fdatasync"].append(probe_disk(bench.folder))

        def row(rate):
            found = at_rate(bench, server, rate, bench.seconds(SECONDS), 1 if bench.quick else WARM_UP_S)
            result["fdatasync"].append(probe_disk(bench.folder))
            found["fdatasync"] = floor_of(result["fdatasync"][-2:])
            return found

        for rate in RATES:
            result["rates"][rate] = row(rate)
        knee, tried = find_knee(bench, server, result["rates"])
        # Short runs flatter: what does not hold for the whole span gives way.
        for _ in range(3):
            result["knee"] = row(knee)
            if passes(result["knee"]):
                break
            tried.append({"rate": knee, "p99_ms": result["knee"]["latency"]["p99_ms"],
                          "failed": failed(result["knee"])})  # fmt: skip
            knee = round(knee / 1.1 / 50) * 50
        result["knee"]["tried"] = tried
        result["memory_mb_max"] = round(server.memory_mb(), 1)
        result["drain_exit_code"] = server.stop()
    return result


def rate_rows(name, found):
    rate, floor = found["asked_per_s"], found["fdatasync"]
    for key, percentile in (("p50_ms", "p50"), ("p99_ms", "p99"), ("p999_ms", "p99.9")):
        beside = "p99" if key == "p999_ms" else percentile
        row = Row(f"report, due to durably assigned, {name}, {percentile}", found["latency"][key],
                  f"fdatasync {beside}", floor["p99_ms" if key == "p999_ms" else key], "ms")  # fmt: skip
        if key == "p99_ms" and rate == GOAL_RATE:
            at_most(row, GOAL_RATIO)
        if key == "p999_ms" and rate == GOAL_P999_RATE:
            below(row, GOAL_P999_MS)
        if row.goal and failed(found):
            row.goal.held = False
        yield row
    wrong = failed(found)
    if wrong:
        sent = wrong + found["good"]
        yield Row(f"of these refused, broken off or not answered, {name}", wrong, "sent", sent)


def rows(result):
    for rate, found in result["rates"].items():
        yield from rate_rows(f"{int(rate):,}/s", found)
    knee = result["knee"]
    yield from rate_rows("at the knee", knee)
    yield Row("the knee: p99 < 100 ms and nothing failed", knee["asked_per_s"] if passes(knee) else None,
              "goal", GOAL_P999_RATE, "/s")  # fmt: skip


def lateness(found):
    """A generator that was never idle was never late by itself: it waited for answers."""
    late = found["generator_late"]["p99_ms"]
    return "not told" if late is None else f"{late:.1f} ms"


def notes(result):
    every = [*result["rates"].values(), result["knee"]]
    said = "; ".join(
        f"{found['asked_per_s']:,.0f}/s {found['server_cores']:.2f} and {found['generator_cores']:.2f}, late "
        f"{lateness(found)}"
        for found in every
    )
    yield ("Open loop: each report's latency counts from the instant it was due, so a stall is charged for "
           "all who would have waited. Cores taken by the server and by the generator, both on the same "
           f"machine, and how late the generator itself was at p99 (counted too): {said}.")  # fmt: skip
    ready = result["start"]["ready_s"]
    yield (f"The server took {result['memory_mb_max']:.0f} MB at most, was ready {ready} s after its start "
           f"and drained with exit code {result['drain_exit_code']}.")  # fmt: skip
