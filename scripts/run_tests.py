#!/usr/bin/env python3
"""Runs what scripts/test has built and adds up the test cases of all runners; see scripts/test.

Each suite is one command with a log of its own in build/test-logs. A suite that ends badly counts as at least
one failed case, so that a crash, or a runner that counts nothing, never looks like success.
"""

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/test-logs"
BUILD = ROOT / "build/dev"
SUITE_S_MAX = 900
# scripts/test all: the pure core's properties, a hundred times the cases that tests/main.cpp gives them.
MILLION = {"MASHANG_PROPERTY_CASES": "1000000"}
MILLION_S_MAX = 7200


@dataclass
class Suite:
    name: str
    command: list
    count: object  # output -> (passed, failed)
    folder: Path = ROOT
    environment: dict = field(default_factory=dict)
    alone: bool = False  # starts servers or browsers: not beside another one
    pure: bool = False  # of the core alone: may run a million cases
    seconds_max: int = SUITE_S_MAX


def count_catch(output):
    """Catch2's two last lines: 'All tests passed (9 assertions in 3 test cases)' or 'test cases: 3 | ...'."""
    if found := re.search(r"All tests passed \(.* in (\d+) test cases?\)", output):
        return int(found.group(1)), 0
    if found := re.search(r"^test cases:.*$", output, re.M):
        line = found.group(0)
        named = {kind: int(n) for n, kind in re.findall(r"(\d+) (passed|failed as expected|failed)", line)}
        return named.get("passed", 0) + named.get("failed as expected", 0), named.get("failed", 0)
    return 0, 0


def count_node(output):
    """Node's summary, in its tap or its spec form."""
    named = {kind: int(n) for kind, n in re.findall(r"^(?:#|ℹ) (pass|fail|cancelled) (\d+)$", output, re.M)}
    return named.get("pass", 0), named.get("fail", 0) + named.get("cancelled", 0)


def count_unittest(output):
    ran = re.search(r"^Ran (\d+) tests?", output, re.M)
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", output))
    return (int(ran.group(1)) - bad, bad) if ran else (0, 0)


def count_check(output):
    found = re.search(r"^check: (\d+) held, (\d+) broken$", output, re.M)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def ctest_suites(part):
    """Each CTest entry; tests/crash and tests/fuzz are parts by their label, all others are unit tests."""
    listing = subprocess.run(
        ["ctest", "--test-dir", str(BUILD), "--show-only=json-v1"], capture_output=True, text=True, check=True
    )
    suites = []
    for test in json.loads(listing.stdout)["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        labels = properties.get("LABELS", [])
        own = next((label for label in labels if label in ("crash", "fuzz")), "unit")
        if own == part:
            folder = Path(properties.get("WORKING_DIRECTORY", BUILD))
            suites.append(Suite(test["name"], test["command"], count_catch, folder, pure="pure" in labels))
    return suites


def node_suites(part):
    files = sorted(ROOT.glob(f"tests/{part}/*.test.mjs"))
    environment = {"MASHANG_BIN": str(BUILD / "server/mashang")}
    command = ["node", "--test", "--test-reporter=spec", "--test-concurrency=1"]
    # Those that want PostgreSQL get a cluster of their own for as long as they run.
    beside = [str(ROOT / "tests/postgres/with_cluster"), str(BUILD / "postgres")]
    return [
        Suite(f"{part}/{file.name.removesuffix('.test.mjs')}",
              [*(beside if file.name.startswith("postgres") else []), *command, str(file)], count_node,
              environment=environment, alone=True)
        for file in files
    ]  # fmt: skip


def suites_of(part):
    if part == "check":
        return [Suite("check", [str(ROOT / "scripts/check")], count_check)]
    if part != "unit":
        return ctest_suites(part) + node_suites(part) if part in ("crash", "fuzz") else node_suites(part)
    scripts = [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests/scripts"]
    return [
        *ctest_suites("unit"),
        Suite("web", [str(ROOT / "scripts/web-build"), "test"], count_node),
        Suite("scripts", scripts, count_unittest),
    ]


def log_of(suite):
    return LOGS / (suite.name.replace("/", "-") + ".log")


def run(suite):
    start = time.monotonic()
    with log_of(suite).open("w+", encoding="utf-8", errors="replace") as log:
        try:
            code = subprocess.run(
                suite.command, cwd=suite.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, timeout=suite.seconds_max,
                env={**os.environ, **suite.environment},
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            log.write(f"\nnot done after {suite.seconds_max} s\n")
            code = -1
        except OSError as error:
            log.write(f"\n{error}\n")
            code = -1
        log.flush()
        log.seek(0)
        output = log.read()
    passed, failed = suite.count(output)
    skipped = re.search(r"^(?:#|ℹ) skipped [1-9]\d*$", output, re.M)  # what this machine does not allow
    if code != 0 and failed == 0 or code == 0 and passed == 0 and not skipped:
        failed += 1
    said = f", {skipped.group(0).split()[-1]} skipped: {log_of(suite).relative_to(ROOT)}" if skipped else ""
    verdict = said if failed == 0 else f", {failed} FAILED: {log_of(suite).relative_to(ROOT)}"
    print(f"{suite.name}: {passed} passed{verdict} ({time.monotonic() - start:.0f} s)", flush=True)
    if failed:
        print("\n".join("    " + line for line in telling(output)), flush=True)
    return passed, failed


def telling(output):
    """The lines of a log that say what failed, or else its end."""
    lines = output.rstrip().split("\n")
    marks = re.compile(r"✖|not ok|FAILED|^FAIL:|^ERROR:|error:|Error:|\.[a-z]{1,3}:\d+: ")
    found = [line for line in lines if marks.search(line)]
    return (found or lines[-30:])[:40]


def main(part):
    LOGS.mkdir(parents=True, exist_ok=True)
    every = ["check", "unit", "api", "browser", "crash", "fuzz"]
    suites = [suite for one in (every if part in ("every", "all") else [part]) for suite in suites_of(one)]
    if part == "all":
        for suite in (suite for suite in suites if suite.pure):
            suite.environment, suite.seconds_max = MILLION, MILLION_S_MAX
    if not suites:
        print(f"there are no {part} tests")
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        results = list(pool.map(run, [s for s in suites if not s.alone]))
    results += [run(s) for s in suites if s.alone]
    passed, failed = (sum(column) for column in zip(*results)) if results else (0, 0)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
