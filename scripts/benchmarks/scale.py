"""What many stored cases cost: size, start-up, memory, reads, and reports beside those of an empty store.

A demo store gets so many stamped cases (`mashang stamp`): one in fifty, but at most 20,000, is open; the
others lie over four years. Then one client asks one question after another on one connection; percentiles are
nearest-rank. The pages of the file are in the machine's memory as far as they fit, because the store has just
been written.
"""

import contextlib
import http.client
import json
import math
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from .programs import MASHANG, Server, fail, free_port
from .table import Row, at_least, below

READS, READS_S_MAX = 200, 15  # of each question
READ_MS_GOAL = 100
READY_MS_GOAL = 2000
CASE_BYTES_GOAL = 1536
STAMP_PER_S_GOAL = 20_000
RATE_GOAL = 0.8  # of an empty store's
RUSH_S = 8
SIZES_CASES_MAX = 1_000_000  # dbstat reads every page
DAY_S, ZONE_S = 86_400, 8 * 3600
PASSWORD = "mashang-demo"


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"{' '.join(map(str, command[:2]))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Stamped(Server):
    """A server over a demo store with so many stamped cases."""

    def __init__(self, bench):
        self.stays = bench.keep is not None
        self.data = bench.keep or Path(tempfile.mkdtemp(prefix="scale-", dir=bench.folder))
        self.file, self.demo = self.data / "mashang.db", self.data / "demo.json"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        where = ["--data", self.data, "--store", f"sqlite:{self.file}"]
        self.made = self.kept(bench.cases) or self.make(where, bench.cases)
        self.replayed = self.timed_replay(where) if bench.replay else None
        self.log = (self.data / "server.log").open("w+")
        start = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in (MASHANG, "serve", *where, "--port", self.port, "--no-limits")],
            stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.wait_ready()
        self.ready_s = time.monotonic() - start

    def kept(self, cases):
        """What an earlier run found out about the store it left in this folder."""
        found = self.data / "stamped.json"
        if not found.exists():
            return None
        made = json.loads(found.read_text())
        if made["cases"] != cases:
            fail(f"{self.data} holds {made['cases']} cases, not {cases}")
        return made

    def make(self, where, cases):
        if self.file.exists():
            fail(f"{self.file} is there already, and not of a run that came to its end")
        self.data.mkdir(parents=True, exist_ok=True)
        run([MASHANG, "demo", *where, "--base-url", self.url])
        demo_bytes = self.bytes_photos_aside()
        start = time.monotonic()
        told = [line.split() for line in run([MASHANG, "stamp", *where, "--cases", cases]).splitlines()]
        made = {
            "cases": cases,
            "stamp_s": time.monotonic() - start,
            "samples": [words[1:] for words in told if words[0] == "sample"],
            "bytes": self.bytes_photos_aside() - demo_bytes,
            "by_name": self.sizes() if cases <= SIZES_CASES_MAX else {},
        }
        (self.data / "stamped.json").write_text(json.dumps(made))
        return made

    def __exit__(self, *exception):
        if self.stays:
            self.stop()
        else:
            super().__exit__(*exception)

    def timed_replay(self, where):
        start = time.monotonic()
        said = run([MASHANG, "replay", *where]).split("\n")[0]
        return {"said": said, "seconds": round(time.monotonic() - start, 1)}

    def bytes_photos_aside(self):
        """Of the file, but for the photos' rows: of what they hold nothing can be packed."""
        photos = self.sizes("where name in ('media', 'media_content', 'media_unclaimed')")
        return self.file.stat().st_size - sum(photos.values())

    def sizes(self, of=""):
        """Bytes by table and index."""
        with contextlib.closing(sqlite3.connect(self.file)) as db:
            sizes = f"select name, sum(pgsize) from dbstat {of} group by name order by 2 desc"
            return dict(db.execute(sizes))


class Client:
    """One connection, one login."""

    def __init__(self, port, login=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.headers = {"Accept-Language": "en"}
        if not login:
            return
        body = json.dumps({"login": login, "password": PASSWORD})
        self.connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status >= 300:
            fail(f"{login} could not log in: {answer.status}")
        self.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]

    def get(self, path):
        """Milliseconds until the whole answer was there."""
        start = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took_ms = (time.perf_counter() - start) * 1000
        if answer.status != 200:
            fail(f"{path} answered {answer.status}\n{body[:400].decode(errors='replace')}")
        return took_ms


def day(ago):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + ZONE_S - ago * DAY_S))


def questions(server):
    """(name, client, paths in turn)"""
    logins = json.loads(server.demo.read_text())["logins"]

    def first(role):
        return next(one for one in logins if one["role"] == role)

    def client(role):
        return Client(server.port, first(role)["login"])

    office, street = client("district"), first("street")["scope"][0]
    samples = server.made["samples"]
    numbers = [number for number, _ in samples]
    lists = "/api/v1/cases?"
    a_month_ago = [f"{lists}order=newest&from={day(30 + n)}&to={day(29 + n)}" for n in range(10)]
    month = f"/api/v1/metrics/summary?from={day(30)}&to={day(0)}"
    yield "tracking page", Client(server.port), [f"/api/v1/track/{token}" for _, token in samples]
    yield "worker's list", client("worker"), ["/api/v1/tasks"]
    yield "reviewer's list", client("reviewer"), ["/api/v1/tasks"]
    yield "case page", office, [f"/api/v1/cases/{number}" for number in numbers]
    yield "today's office summary", office, ["/api/v1/metrics/summary"]
    yield "today's summary of a street", client("street"), ["/api/v1/metrics/summary"]
    yield "summary of 30 days", office, [month]
    yield "open cases, most urgent", office, [f"{lists}status=open"]
    yield "open cases of a street", office, [f"{lists}status=open&division={street}"]
    yield "overdue cases", office, [f"{lists}overdue=true"]
    yield "newest cases", office, [f"{lists}order=newest"]
    yield "cases of a day a month ago", office, a_month_ago
    yield "a case sought by its number", office, [f"{lists}q={number}" for number in numbers]


def percentile(ordered, percent):
    return round(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)], 2)


def ask(client, paths):
    """A slow question is asked less often."""
    client.get(paths[0])
    taken, start = [], time.monotonic()
    while len(taken) < READS and (len(taken) < 5 or time.monotonic() - start < READS_S_MAX):
        taken.append(client.get(paths[len(taken) % len(paths)]))
    taken.sort()
    return {"n": len(taken), "p50_ms": percentile(taken, 50), "p95_ms": percentile(taken, 95)}


def reports_per_s(bench, server):
    return server.load("closed", connections=32, seconds=bench.seconds(RUSH_S))["per_s"]


def measure(bench):
    with Server(bench.folder) as empty:
        result = {"cases": bench.cases, "reports_per_s_empty": reports_per_s(bench, empty)}
        result["memory_mb_empty"] = round(empty.memory_mb(), 1)
    free_bytes = shutil.disk_usage(bench.folder).free
    with Stamped(bench) as server:
        result["free_gb_before"] = round(free_bytes / 1e9, 1)
        result["stamp_s"] = round(server.made["stamp_s"], 1)
        result["ready_ms"] = round(server.ready_s * 1000)
        result["bytes_a_case"] = round(server.made["bytes"] / bench.cases)
        result["replay"] = server.replayed
        result["reads"] = {name: ask(client, paths) for name, client, paths in questions(server)}
        result["memory_mb_after_reads"] = round(server.memory_mb(), 1)
        result["reports_per_s"] = reports_per_s(bench, server)
        result["memory_mb"] = round(server.memory_mb(), 1)
        result["sizes"] = {
            name: round(size / bench.cases, 1)
            for name, size in server.made["by_name"].items()
            if size > bench.cases
        }
    return result


def rows(result):
    cases = f"{result['cases']:,} stored"
    per_s = result["cases"] / result["stamp_s"]
    yield at_least(Row(f"cases stamped a second, {cases}", per_s, "asked", STAMP_PER_S_GOAL, "/s"), 1)
    size = Row(f"a stored case, photos aside, {cases}", result["bytes_a_case"], "", None, "B")
    yield below(size, CASE_BYTES_GOAL + 1)
    yield below(Row(f"ready after the start, {cases}", result["ready_ms"], "", None, "ms"), READY_MS_GOAL)
    for name, found in result["reads"].items():
        read = Row(f"{name}, p95, {cases}", found["p95_ms"], "its p50", found["p50_ms"], "ms")
        yield below(read, READ_MS_GOAL)
    more_bytes = (result["memory_mb"] - result["memory_mb_empty"]) * 2**20 / result["cases"]
    yield Row(f"memory of the server for a stored case, {cases}", more_bytes, "", None, "B")
    filled = Row(f"reports a second, 32 at once, {cases}", result["reports_per_s"], "empty store",
                 result["reports_per_s_empty"], "/s")  # fmt: skip
    yield at_least(filled, RATE_GOAL)


def notes(result):
    yield (f"{result['cases']:,} cases stamped in {result['stamp_s']} s; memory of the server at most "
           f"{result['memory_mb_after_reads']} MB after the reads, {result['memory_mb']} MB after the "
           "reports.")  # fmt: skip
    if result["replay"]:
        yield f"`mashang replay`: {result['replay']['said']} in {result['replay']['seconds']} s."
    if result.get("sizes"):
        found = ", ".join(f"{name} {size}" for name, size in result["sizes"].items())
        yield f"Bytes a case by table and index: {found}."
