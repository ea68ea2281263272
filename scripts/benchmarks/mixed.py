"""A district's day: scans, reports, photos, links, lists and sign-offs at once, pages held open; and the
generator itself beside wrk, asking for the same page."""

import re
import shutil
import subprocess

from benchmarks.latency import failed
from benchmarks.programs import Server, fail
from benchmarks.table import Row

RATE, SECONDS, WARM_UP_S = 300, 20, 3
CONNECTIONS, LIVE_PAGES = 100, 200
MIX = ("40 scans, 16 reports without and 4 with a photo of 640 × 480 (its upload included), 16 looks at a "
       "tracking link, 12 task lists, 6 sign-offs and 6 responses")  # fmt: skip
PAGE_CONNECTIONS, PAGE_S = 32, 4


def wrk(url, seconds):
    """{"per_s", "p50_ms", "p99_ms"} by wrk, which has to have been answered 200 always."""
    if not shutil.which("wrk"):
        fail("no wrk; scripts/setup test installs it")
    command = ["wrk", "-t1", f"-c{PAGE_CONNECTIONS}", f"-d{seconds}s", "--latency", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        fail(f"{url} answered wrk otherwise\n{said}")
    units = {"us": 1e-3, "ms": 1, "s": 1e3}

    def percentile(which):
        found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s)$", said, re.M)
        return float(found.group(1)) * units[found.group(2)]

    per_s = float(re.search(r"^Requests/sec:\s+([\d.]+)$", said, re.M).group(1))
    return {"per_s": per_s, "p50_ms": percentile(50), "p99_ms": percentile(99)}


def beside_wrk(bench, server, path):
    seconds = bench.seconds(PAGE_S)
    ours = server.load("closed", page=path, connections=PAGE_CONNECTIONS, seconds=seconds)
    if ours["other_answers"]:
        fail(f"{path} was refused {ours['other_answers']} times")
    return {"ours": ours, "wrk": wrk(server.url + path, seconds)}


def measure(bench):
    with Server(bench.folder) as server:
        before = server.cpu_s()
        seconds = bench.seconds(SECONDS)
        found = server.load("mixed", rate=RATE, seconds=seconds, warm_up=WARM_UP_S,
                            connections=CONNECTIONS, live_pages=LIVE_PAGES)  # fmt: skip
        found["server_cores"] = round((server.cpu_s() - before) / (seconds + WARM_UP_S), 3)
        found["other_answers"] = {
            f"{name} {status}": count
            for name, kind in found["kinds"].items()
            for status, count in kind["other_answers"].items()
        }
        return {
            "mix": found,
            "place page": beside_wrk(bench, server, found["place_path"]),
            "tracking": beside_wrk(bench, server, found["tracking_path"]),
        }


def rows(result):
    mix = result["mix"]
    for name, kind in mix["kinds"].items():
        if not kind["latency"]["n"]:
            continue
        figures = kind["latency"]
        yield Row(f"mixed traffic, {name}, p50", figures["p50_ms"], f"its p99, of {figures['n']:,}",
                  figures["p99_ms"], "ms")  # fmt: skip
    yield Row("mixed traffic, calls that failed", failed(mix), "sent", failed(mix) + mix["good"])
    for name in ("place page", "tracking"):
        found = result[name]
        yield Row(f"{name}, {PAGE_CONNECTIONS} connections, by our generator", found["ours"]["per_s"],
                  "by wrk", found["wrk"]["per_s"], "/s")  # fmt: skip


def notes(result):
    mix = result["mix"]
    yield (f"Mixed traffic in open loop: {RATE} calls a second over {CONNECTIONS} connections, of a hundred "
           f"{MIX}; {mix['live_pages']} live pages were held open and heard {mix['live_events']:,} events, "
           f"{mix['live_closed']} broke off; the server took {mix['server_cores']:.2f} cores, the generator "
           f"{mix['generator_cores']:.2f}. Refused: {mix['other_answers'] or 'none'}.")  # fmt: skip
