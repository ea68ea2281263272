#!/usr/bin/env python3
"""How late timers fire among many open cases (T25), and how an outage is caught up.

    timer_lateness.py BINARY [--cases N] [--per-second R] [--seconds S] [--backlog B]

A demo store gets a hundred emergencies from a hundred places over the API; their rows, moved in time, are
copied N times straight into the file. Of these, R a second fall due for the first time within S seconds; the
others later. The real server then runs on the machine's clock. Two latenesses are told: when the threshold
was recorded, and when another connection saw its commit (asked for every 10 ms). Then the server is stopped,
B cases fall due while nobody looks, and it is started again: how fast, in which order, and how often. Prints
one JSON object. A measurement, not a test: nothing here fails by being slow.
"""
import argparse
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

INSTANT = re.compile(r"(?<!\d)(1[5-9]\d{11})(?!\d)")
EPOCH_2020_MS = 1577836800000
LEAD_S = 15  # between the last row and the first threshold: the server starts meanwhile
TIMERS = {
    "earliest": "select min(next_timer) from cases where district = 330106 and next_timer is not null",
    "due": "select * from cases where district = 330106 and next_timer is not null and next_timer <= 1"
    " order by next_timer, case_id limit 64",
}


def now_ms():
    return time.time_ns() // 1_000_000


class Server:
    """The binary over one folder; ended by its own id only."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.child = binary, folder, None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        arguments = ["serve", "--data", self.folder, "--port", str(self.port), "--no-limits"]
        self.child = subprocess.Popen([self.binary, *arguments], stdout=subprocess.PIPE, text=True)
        while not (line := self.child.stdout.readline()).startswith("ready"):
            if not line:
                raise SystemExit("the server ended before it was ready")
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()

    def report(self, token, key):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/reports",
            json.dumps({"token": token, "text": "有人晕倒"}).encode(),
            {"Content-Type": "application/json", "Idempotency-Key": f"timer-lateness-{key:06}"},
        )
        urllib.request.urlopen(request).read()


def moved(text, by, replaced=()):
    """An SQL expression of the text with its instants moved; (old, expression) pairs are put in once each."""
    marked = INSTANT.sub(lambda found: f"\0{found[1]} + {by}\0", text)
    for old, expression in replaced:
        marked = marked.replace(old, expression, 1)
    quoted = lambda literal: "'" + literal.replace("'", "''") + "'"
    parts = marked.split("\0")
    return " || ".join(quoted(part) if i % 2 == 0 else f"({part})" for i, part in enumerate(parts))


class Store:
    def __init__(self, folder):
        self.db = sqlite3.connect(f"{folder}/mashang.db", isolation_level=None)
        self.db.execute("pragma synchronous = off")
        self.columns = [row[1] for row in self.db.execute("pragma table_info(cases)")]
        self.made = 0
        self.templates = []
        names = "district, case_id, seq, type, version, at, actor, payload, prev_hash, hash"
        for row in self.db.execute("select * from cases").fetchall():
            case = dict(zip(self.columns, row))
            text = f"select {names} from journal where case_id = ?"
            self.templates.append((case, self.db.execute(text, [case["case_id"]]).fetchone()))

    def add(self, count, first_ms, span_ms):
        """So many cases, their first thresholds evenly over the span; answers {case_id: instant}."""
        step = len(self.templates)
        self.db.execute("begin")
        for k, (case, journal) in enumerate(self.templates[:count]):
            rows = f"with recursive n(i) as (select {k} union all select i + {step} from n"
            rows += f" where i + {step} < {count})"
            by = f"({first_ms - case['next_timer']} + i * {span_ms} / {count})"
            serial = f"({100_000 + self.made} + i)"
            number = f"(({case['accepted_at'] - EPOCH_2020_MS} + {by} << 22) | ({self.made} + i))"
            values = {name: f"'{value}'" if isinstance(value, str) else value for name, value in case.items()}
            for name in ("accepted_at", "dispatched_at", "next_due", "next_timer"):
                values[name] = f"{case[name]} + {by}"
            own = [(f'"id":{case["case_id"]}', f'"id":\0{number}\0')]
            own += [(f'"n":{case["serial"]},', f'"n":\0{serial}\0,')]
            values |= {"case_id": number, "serial": serial, "state": moved(case["state"], by, own)}
            said = ", ".join("null" if values[name] is None else str(values[name]) for name in self.columns)
            self.db.execute(f"insert into cases ({', '.join(self.columns)}) {rows} select {said} from n")
            district, _, seq, kind, version, at, actor, payload, prev, chained = journal
            said = f"{district}, {number}, {seq}, '{kind}', {version}, {at} + {by}, '{actor}',"
            said += f" {moved(payload, by)}, '{prev}', '{chained}'"
            self.db.execute(f"insert into journal {rows} select {said} from n")
        self.db.execute("commit")
        self.db.execute("pragma wal_checkpoint(truncate)")  # a log of gigabytes slows every reader
        low, high = 100_000 + self.made, 100_000 + self.made + count
        self.made += count
        text = "select case_id, next_timer from cases where serial >= ? and serial < ?"
        return dict(self.db.execute(text, [low, high]))

    def thresholds_since(self, at):
        # Up to now: what is made up to fall due later was accepted later too.
        text = "select case_id, at, seq, rowid from journal where district = 330106"
        text += " and at >= ? and at <= ? and seq > 1"
        return self.db.execute(text, [at, now_ms()]).fetchall()

    def plans(self):
        ask = lambda text: self.db.execute(f"explain query plan {text}").fetchall()
        return {name: [row[3] for row in ask(text)] for name, text in TIMERS.items()}


def percentiles(values):
    values = sorted(values)
    rank = lambda percent: values[max(0, -(-len(values) * percent // 100) - 1)]
    return {"p50": rank(50), "p99": rank(99), "max": values[-1]} if values else None


def watch(store, hot, until_ms):
    """When each of the cases' first thresholds was recorded, and when it was first seen from outside."""
    recorded, seen = {}, {}
    since = min(hot.values())
    while now_ms() < until_ms and len(seen) < len(hot):
        looked = now_ms()
        for case_id, at, seq, _ in store.thresholds_since(since):
            if seq == 2 and case_id in hot and case_id not in seen:
                recorded[case_id], seen[case_id] = at - hot[case_id], looked - hot[case_id]
            since = max(since, at)
        time.sleep(0.01)
    return recorded, seen


def catch_up(store, server, backlog):
    """Until nothing is overdue: the speed, whether in due order, and events a case."""
    begun = now_ms()
    with server:
        ready = now_ms()
        due = "select count(*) from cases where district = 330106 and next_timer <= ?"
        while store.db.execute(due, [begun]).fetchone()[0] > 0:
            time.sleep(0.05)
        done = now_ms()
    rows = [row for row in store.thresholds_since(begun) if row[0] in backlog]
    first = {}
    for case_id, _, seq, rowid in rows:
        if seq == 2:
            first[case_id] = rowid
    order = [backlog[case_id] for case_id in sorted(first, key=first.get)]
    events = {}
    for case_id, *_ in rows:
        events[case_id] = events.get(case_id, 0) + 1
    return {
        "cases": len(backlog),
        "caught_up": len(first),
        "seconds": round((done - ready) / 1000, 1),
        "cases_per_second": round(len(first) * 1000 / max(1, done - ready)),
        "out_of_due_order": sum(1 for a, b in zip(order, order[1:]) if a > b),
        "events_a_case_max": max(events.values(), default=0),
    }


def main():
    parser = argparse.ArgumentParser(description="how late timers fire among many open cases")
    parser.add_argument("binary")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--backlog", type=int, default=10_000)
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="mashang-timers-")
    try:
        fill = [given.binary, "demo", "--data", folder, "--days", "0"]
        subprocess.run(fill, check=True, stdout=subprocess.DEVNULL)
        links = json.loads(Path(folder, "demo.json").read_text())["scan_links"][:100]
        server = Server(given.binary, folder)
        with server:
            for key, link in enumerate(links):
                server.report(link.rsplit("/", 1)[1], key)
        store = Store(folder)
        day_ms = 86_400_000
        begun = time.monotonic()
        store.add(given.cases, now_ms() + day_ms, 4 * day_ms)
        filled = time.monotonic() - begun
        count = given.per_second * given.seconds
        hot = store.add(count, now_ms() + LEAD_S * 1000, given.seconds * 1000)
        with server:
            recorded, seen = watch(store, hot, max(hot.values()) + 30_000)
        backlog = store.add(given.backlog, now_ms() - 7_200_000, 3_600_000)
        print(
            json.dumps(
                {
                    "open_cases": store.made + len(store.templates),
                    "filled_s": round(filled, 1),
                    "thresholds": len(hot),
                    "fired": len(recorded),
                    "recorded_late_ms": percentiles(recorded.values()),
                    "seen_late_ms": percentiles(seen.values()),
                    "after_outage": catch_up(store, server, backlog),
                    "plans": store.plans(),
                },
                indent=1,
            )
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
