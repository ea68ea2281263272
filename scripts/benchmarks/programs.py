"""The programs that are measured and that measure: started here, ended here, their failures told.

A failed step ends the run; no figure is ever filled in. Only what was started here is ended.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MASHANG = ROOT / "build/release/server/mashang"
LOAD = ROOT / "build/load"
RIVALS = ROOT / "build/rivals"
MIGRATIONS = ROOT / "schema/migrations"
WITH_CLUSTER = ROOT / "tests/postgres/with_cluster"
READY_S_MAX = 60
PROBE_WRITES = 500


@dataclass
class Bench:
    """What every part is told."""

    folder: Path  # on the disk that is measured
    quick: bool
    cases: int = 100_000  # stored ones, of the part scale
    replay: bool = False  # of these
    keep: Path | None = None  # where they stay for the next run

    def seconds(self, full):
        """A part's own span, or about a quarter of it in a quick run."""
        return max(2, round(full / 4)) if self.quick else full


def fail(why):
    sys.exit(f"bench: {why}")


def told(command, **more):
    """The last line of a program, as JSON."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        fail(f"{Path(command[0]).name} ended with {done.returncode}\n{done.stdout}")
    return json.loads(done.stdout.strip().split("\n")[-1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def probe_disk(folder):
    """fdatasync at this minute, appending and over the same blocks."""
    return told([LOAD / "fdatasync_probe", folder, PROBE_WRITES])


def floor_of(probes):
    """Of the probes before and after, the quieter one is the stricter floor."""
    return min(probes, key=lambda probe: probe["append"]["p99_ms"])["append"]


def cpu_s_of(pid):
    """User and system time so far, from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """A server with the demo district in a new store; drained at the end, its exit code checked."""

    def __init__(self, folder, store=None):
        self.data = Path(tempfile.mkdtemp(prefix="store-", dir=folder))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.store = store or f"sqlite:{self.data}/mashang.db"
        where = ["--data", str(self.data), "--store", self.store]
        start = time.monotonic()
        fill = [MASHANG, "demo", *where, "--base-url", self.url]
        filled = subprocess.run(fill, capture_output=True, text=True)
        if filled.returncode != 0:
            fail(f"mashang demo ended with {filled.returncode}\n{filled.stdout}{filled.stderr}")
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
        fail(f"the server did not become ready\n{(self.data / 'server.log').read_text()}")

    def cpu_s(self):
        return cpu_s_of(self.process.pid)

    def memory_mb(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return None

    def load(self, kind, **options):
        """A run of the load generator against this server."""
        more = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", value)]
        return told([LOAD / "mashang_load", kind, "--demo", self.demo, "--url", self.url, *more])

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


class Rival:
    """Another program that takes the same reports: ready when it says so on its first line."""

    def __init__(self, command, port, data=None):
        self.url = f"http://127.0.0.1:{port}"
        self.data = data
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        first = self.process.stdout.readline().split()
        if first[:1] != ["ready"]:
            self.process.kill()
            fail(f"{' '.join(map(str, command))} did not become ready\n{self.process.stderr.read()}")
        self.driver = " ".join(first[1:])  # what it stores with, where it says so

    def cpu_s(self):
        return cpu_s_of(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        if self.data:
            shutil.rmtree(self.data, ignore_errors=True)


class Cluster:
    """A PostgreSQL of its own with two empty databases, for as long as it is held."""

    def __init__(self, folder):
        says = 'echo "$MASHANG_TEST_STORE"; echo "$MASHANG_TEST_SPARE"; cat >/dev/null'
        self.process = subprocess.Popen(
            [str(WITH_CLUSTER), str(folder / "postgres"), "sh", "-c", says],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.store = self.process.stdout.readline().strip()
        self.spare = self.process.stdout.readline().strip()
        if not self.spare:
            fail("no PostgreSQL")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
