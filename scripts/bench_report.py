#!/usr/bin/env python3
"""Measures what scripts/bench has built and writes the table and bench.json.

    bench_report.py RATE SECONDS FOLDER

The order keeps the figures honest: the disk before and after the server, the server on a fresh store, nothing
else beside the load. A failed step ends the run; no figure is ever filled in.
"""

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MASHANG = ROOT / "build/release/server/mashang"
LOAD = ROOT / "build/load"
READY_S_MAX = 60
PROBE_WRITES = 3000
RIVALS = ROOT / "build/rivals"
MIGRATION = ROOT / "schema/migrations/0001_first.sql"
SCREEN_MS_GOAL = 1000
CONNECTIONS = (1, 8, 32, 128)
RUSH_S = 5


def told(command, **more):
    """The last line of a program, as JSON."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        sys.exit(f"bench: {Path(command[0]).name} ended with {done.returncode}\n{done.stdout}")
    return json.loads(done.stdout.strip().split("\n")[-1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server with the demo district in a new store; drained at the end, its exit code checked."""

    def __init__(self, folder):
        self.data = Path(tempfile.mkdtemp(prefix="store-", dir=folder))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        store = f"sqlite:{self.data}/mashang.db"
        where = ["--data", str(self.data), "--store", store]
        start = time.monotonic()
        fill = [MASHANG, "demo", *where, "--base-url", self.url]
        filled = subprocess.run(fill, capture_output=True, text=True)
        if filled.returncode != 0:
            sys.exit(f"bench: mashang demo ended with {filled.returncode}\n{filled.stdout}{filled.stderr}")
        self.fill_s = time.monotonic() - start
        self.demo = self.data / "demo.json"
        self.log = (self.data / "server.log").open("w+")
        start = time.monotonic()
        self.process = subprocess.Popen(
            [MASHANG, "serve", *where, "--port", str(port), "--no-limits"],
            stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.wait_ready()
        self.ready_s = time.monotonic() - start

    def wait_ready(self):
        for _ in range(READY_S_MAX * 20):
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        self.stop()
        sys.exit(f"bench: the server did not become ready\n{(self.data / 'server.log').read_text()}")

    def cpu_s(self):
        """User and system time so far, from /proc."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return None

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def forget(self):
        shutil.rmtree(self.data, ignore_errors=True)


class Rival:
    """Another program that takes the same reports: ready when it says so on its first line."""

    def __init__(self, command, port):
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if self.process.stdout.readline().strip() != "ready":
            self.stop()
            sys.exit(f"bench: {Path(command[-1]).name} did not become ready")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def ceiling(folder):
    """The bare handler on a demo store of its own, whose newest rows are its pattern."""
    data = Path(tempfile.mkdtemp(prefix="ceiling-", dir=folder))
    store = data / "mashang.db"
    subprocess.run(
        [MASHANG, "demo", "--data", data, "--store", f"sqlite:{store}"], check=True, capture_output=True
    )
    port = free_port()
    return Rival([LOAD / "ceiling", "--store", store, "--port", port], port), data


def fastify(folder, rows):
    data = Path(tempfile.mkdtemp(prefix=f"fastify-{rows}-", dir=folder))
    port = free_port()
    command = ["node", RIVALS / "fastify.mjs", "--store", data / "rival.db", "--port", port]
    return Rival([*command, "--rows", rows, "--migration", MIGRATION], port), data


def rush(url, demo):
    """Reports a second by connections: as many as the server takes."""
    closed = [LOAD / "mashang_load", "closed", "--demo", demo, "--url", url, "--seconds", RUSH_S]
    found = {}
    for connections in CONNECTIONS:
        found[connections] = told([*closed, "--connections", connections])
        if found[connections]["other_answers"]:
            sys.exit(f"bench: {url} refused {found[connections]['other_answers']} reports")
    return found


def measure_throughput(folder):
    """Ours and each rival, one after another on stores of their own, with the same generator."""
    server = Server(folder)
    links = Path(tempfile.mkdtemp(prefix="links-", dir=folder)) / "demo.json"
    shutil.copy(server.demo, links)
    try:
        found = {"ours": rush(server.url, links)}
    finally:
        server.stop()
        server.forget()
    for name, start in (
        ("ceiling", lambda: ceiling(folder)),
        ("fastify", lambda: fastify(folder, "plain")),
        ("fastify_same_rows", lambda: fastify(folder, "same")),
    ):
        rival, data = start()
        try:
            found[name] = rush(rival.url, links)
        finally:
            rival.stop()
            shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(links.parent, ignore_errors=True)
    return found


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
        "commit": first_line(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]) or "unknown",
        "load_average_before": os.getloadavg()[0],
    }


def measure(rate, seconds, folder):
    folder.mkdir(parents=True, exist_ok=True)
    result = {"at": datetime.now(timezone.utc).isoformat(timespec="seconds"), "machine": machine(folder)}
    disk = [told([LOAD / "fdatasync_probe", folder, PROBE_WRITES])]
    server = Server(folder)
    try:
        result["start"] = {"demo_s": round(server.fill_s, 2), "ready_s": round(server.ready_s, 2)}
        common = ["--demo", server.demo, "--url", server.url]
        result["live"] = told([LOAD / "mashang_load", "live", *common])
        before = server.cpu_s()
        result["reports"] = told(
            [LOAD / "mashang_load", "reports", *common, "--rate", rate, "--seconds", seconds]
        )
        result["reports"]["server_cpu_s"] = round(server.cpu_s() - before, 2)
        result["reports"]["server_memory_mb_max"] = round(server.memory_mb(), 1)
        disk.append(told([LOAD / "fdatasync_probe", folder, PROBE_WRITES]))
        result["drain_exit_code"] = server.stop()
    finally:
        server.stop()
        server.forget()
    result["fdatasync"] = {"before": disk[0], "after": disk[1]}
    result["throughput"] = measure_throughput(folder)
    result["qr"] = told([LOAD / "qr_rate", "3"])
    result["calendar"] = told([LOAD / "calendar_rate", "3"])
    return result


def rows(result):
    """(figure, value, what it stands beside, that value, ratio) for the table, all numbers as measured."""
    # Of the probes before and after, the quieter one is the stricter floor.
    floor = min(result["fdatasync"].values(), key=lambda probe: probe["append"]["p99_ms"])
    load, live = result["reports"], result["live"]
    named = {"p50_ms": "p50", "p99_ms": "p99", "p999_ms": "p99.9"}
    for since, figures in (("due", load["latency"]), ("sent", load["from_sending"])):
        for key, name in named.items():
            label = f"report, {since} to answered, {name}"
            yield label, "ms", figures[key], f"fdatasync {name}", floor["append"][key]
    for key, name in named.items():
        label = f"fdatasync, appending, {name}"
        yield label, "ms", floor["append"][key], "overwriting", floor["overwrite"][key]
    yield "reports a second", "/s", load["reached_per_s"], "asked", load["asked_per_s"]
    wrong = load["broken"] + sum(load["other_answers"].values())
    yield "reports that failed", "", wrong, "sent", load["created"] + wrong
    for key in ("p50_ms", "p99_ms"):
        yield (
            f"click to worker's stream, {named[key]}", "ms", live["click_to_worker"][key],
            "goal", SCREEN_MS_GOAL,
        )  # fmt: skip
    yield "events that never came", "", live["missing"], "sent", live["click_to_answer"]["n"]
    beside = {
        "ceiling": "bare Beast + SQLite",
        "fastify": "Fastify, few rows",
        "fastify_same_rows": "Fastify, same rows",
    }
    for connections, ours in result["throughput"]["ours"].items():
        for rival, name in beside.items():
            label = f"reports a second, {connections} connections"
            yield label, "/s", ours["per_s"], name, result["throughput"][rival][connections]["per_s"]
    yield "QR symbols a second, one core", "/s", result["qr"]["ours_per_s"], "libqrencode alone", (
        result["qr"]["ceiling_per_s"]
    )
    yield "due instants a second, one core", "/s", result["calendar"]["adds_per_s"], (
        "stepping from day to day"
    ), result["calendar"]["day_loop_per_s"]


def said(value, unit):
    if value is None:
        return "—"
    return f"{value:,.2f} {unit}" if unit == "ms" else f"{value:,.0f} {unit}".rstrip()


def table(result):
    about = result["machine"]
    print(f"{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB, {about['filesystem']}, "
          f"Debian {about['debian']}, kernel {about['kernel']}")  # fmt: skip
    print(f"{about['compiler']}; commit {about['commit']}; {result['at']}; "
          f"load average before {about['load_average_before']:.2f}\n")  # fmt: skip
    print(f"{'figure':34} {'here':>12}   {'beside':24} {'':>12} {'ratio':>8}")
    for name, unit, value, beside, ceiling in rows(result):
        ratio = "—" if value is None or not ceiling else f"{value / ceiling:.3g}"
        print(f"{name:34} {said(value, unit):>12}   {beside:24} {said(ceiling, unit):>12} {ratio:>8}")
    load = result["reports"]
    late = load["generator_late"]
    print(f"\n{load['connections']} connections, {load['seconds']} s after the warm-up; server CPU "
          f"{load['server_cpu_s']} s, memory at most {load['server_memory_mb_max']} MB; the generator itself "
          f"was late by p50 {late['p50_ms']} ms, p99 {late['p99_ms']} ms (counted from 'due').")  # fmt: skip
    for status, count in load["other_answers"].items():
        print(f"answered {status}: {count}")
    start = result["start"]
    print(f"demo district filled in {start['demo_s']} s; ready {start['ready_s']} s after the start; drained "
          f"with exit code {result['drain_exit_code']}.")  # fmt: skip


def main(rate, seconds, folder):
    result = measure(rate, seconds, Path(folder))
    (ROOT / "bench.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    table(result)


if __name__ == "__main__":
    main(*sys.argv[1:4])
