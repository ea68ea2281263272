"""What needs no load: from the click to a worker's screen, and the engines on one core beside a plain way."""

from benchmarks.programs import LOAD, Server, told
from benchmarks.table import Row, below

SCREEN_MS_GOAL = 1000


def measure(bench):
    with Server(bench.folder) as server:
        live = server.load("live", reports=50 if bench.quick else 200)
    seconds = str(bench.seconds(3))
    return {
        "live": live,
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
    yield Row("QR symbols a second, one core", result["qr"]["ours_per_s"], "libqrencode alone",
              result["qr"]["ceiling_per_s"], "/s")  # fmt: skip
    yield Row("due instants a second, one core", result["calendar"]["adds_per_s"], "stepping from day to day",
              result["calendar"]["day_loop_per_s"], "/s")  # fmt: skip


def notes(_):
    return []
