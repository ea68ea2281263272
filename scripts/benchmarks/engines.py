"""What needs no load: from the click to a worker's screen, and the engines on one core beside a plain way."""

import json
import urllib.request

from benchmarks.programs import LOAD, Server, told
from benchmarks.table import Row, below

SCREEN_MS_GOAL = 1000
PAGE_BYTES_MAX = 30_000  # as scripts/web-build refuses more


def page_bytes(server):
    """What a scan brings over the wire: one page with everything in it, compressed."""
    link = json.loads(server.demo.read_text())["scan_links"][0]
    path = link[link.index("/c/") :]
    ask = urllib.request.Request(server.url + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(ask, timeout=10) as answer:
        return len(answer.read())


def measure(bench):
    with Server(bench.folder) as server:
        page = page_bytes(server)
        live = server.load("live", reports=50 if bench.quick else 200)
    seconds = str(bench.seconds(3))
    return {
        "live": live,
        "page_bytes": page,
        "qr": told([LOAD / "qr_rate", seconds]),
        "calendar": told([LOAD / "calendar_rate", seconds]),
    }


def rows(result):
    live = result["live"]
    for key, name in (("p50_ms", "p50"), ("p99_ms", "p99")):
        row = Row(f"resident's click to the worker's open page, {name}", live["click_to_worker"][key],
                  "goal", SCREEN_MS_GOAL, "ms")  # fmt: skip
        yield below(row, SCREEN_MS_GOAL) if key == "p99_ms" else row
    yield Row("events that never came", live["missing"], "sent", live["click_to_answer"]["n"])
    page = Row("resident page on the wire", result["page_bytes"], "", None, "B")
    yield below(page, PAGE_BYTES_MAX + 1)
    yield Row("QR symbols a second, one core", result["qr"]["ours_per_s"], "libqrencode alone",
              result["qr"]["ceiling_per_s"], "/s")  # fmt: skip
    yield Row("due instants a second, one core", result["calendar"]["adds_per_s"], "stepping from day to day",
              result["calendar"]["day_loop_per_s"], "/s")  # fmt: skip


def notes(_):
    return []
