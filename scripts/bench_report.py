#!/usr/bin/env python3
"""Measures what scripts/bench has built, prints the table and writes bench.json.

    bench_report.py FOLDER [--quick] [--only PART,PART] [--cases N] [--replay] [--keep DIR]

Each part is a module of scripts/benchmarks and starts what it measures on stores of its own; nothing runs
beside it. A failed step ends the run; no figure is ever filled in.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from benchmarks import engines, latency, mixed, scale, throughput
from benchmarks.programs import ROOT, Bench
from benchmarks.table import markdown

PARTS = {"throughput": throughput, "latency": latency, "mixed": mixed, "engines": engines,
         "scale": scale}  # fmt: skip


def first_line(command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0].strip()
    except OSError:
        return "unknown"


def machine(folder):
    cpu = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    memory_kb = int(Path("/proc/meminfo").read_text().split("\n")[0].split()[1])
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory_kb / 2**20, 1),
        "kernel": platform.release(),
        "debian": Path("/etc/debian_version").read_text().strip(),
        "filesystem": first_line(["stat", "-f", "-c", "%T", str(folder)]),
        "compiler": first_line(["g++", "--version"]),
        "node": first_line(["node", "--version"]),
        "commit": first_line(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]) or "unknown",
        "load_average_before": os.getloadavg()[0],
    }


def measure(bench, names):
    result = {"at": datetime.now(timezone.utc).isoformat(timespec="seconds"), "quick": bench.quick,
              "machine": machine(bench.folder)}  # fmt: skip
    for name in names:
        start = time.monotonic()
        result[name] = PARTS[name].measure(bench)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    # Keys as they will be read again: the table is made from what is kept.
    return json.loads(json.dumps(result, ensure_ascii=False))


def report(result):
    about = result["machine"]
    print(f"{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB, {about['filesystem']}, "
          f"Debian {about['debian']}, kernel {about['kernel']}; {about['compiler']}; Node {about['node']}; "
          f"commit {about['commit']}; {result['at']}; load average before "
          f"{about['load_average_before']:.2f}.\n")  # fmt: skip
    measured = [(part, result[name]) for name, part in PARTS.items() if name in result]
    print(markdown(row for part, found in measured for row in part.rows(found)))
    for part, found in measured:
        for note in part.notes(found):
            print(f"\n{note}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--only", default=",".join(name for name in PARTS if name != "scale"))
    arguments.add_argument("--cases", type=int, default=Bench.cases)
    arguments.add_argument("--replay", action="store_true")
    arguments.add_argument("--keep", type=Path)
    given = arguments.parse_args()
    names = given.only.split(",")
    if unknown := [name for name in names if name not in PARTS]:
        arguments.error(f"no part is called {unknown[0]}; there are {', '.join(PARTS)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    keep = given.keep and given.keep.resolve()
    bench = Bench(given.folder.resolve(), given.quick, given.cases, given.replay, keep)
    result = measure(bench, names)
    (ROOT / "bench.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    report(result)


if __name__ == "__main__":
    main()
