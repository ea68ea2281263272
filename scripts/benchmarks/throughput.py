"""Closed loop: durable dispatched reports a second by connections, ours beside its ceiling and its rivals.

All of them stand ready on stores of their own and are asked one after another at each number of connections,
so that the figures of a line are of the same minute; who is not asked is idle.
"""

import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.programs import (
    LOAD, MASHANG, MIGRATIONS, RIVALS, Cluster, Rival, Server, fail, free_port, told,
)  # fmt: skip
from benchmarks.table import Row, at_least

CONNECTIONS = (1, 8, 32, 128)
SECONDS, WARM_UP_S = 6, 1.5
# What stands beside ours: name in bench.json, words in the table, goal for the ratio.
BESIDE = {
    "sqlite": (
        ("ceiling", "bare Beast handler, the same rows", 0.7),
        ("fastify", "Fastify + {driver}, few rows", 3),
        ("fastify_same_rows", "Fastify + {driver}, our rows and indexes", 3),
    ),
    "postgresql": (("fastify", "Fastify + {driver}, our rows and indexes", 2),),
}


def folder_in(bench, name):
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=bench.folder))


def ceiling(bench):
    """The bare handler on a demo store of its own, whose newest rows are its pattern."""
    data, port = folder_in(bench, "ceiling"), free_port()
    store = data / "mashang.db"
    subprocess.run(
        [MASHANG, "demo", "--data", data, "--store", f"sqlite:{store}"], check=True, capture_output=True
    )
    return Rival([LOAD / "ceiling", "--store", store, "--port", port], port, data)


def fastify(store, rows, data=None):
    port = free_port()
    command = ["node", RIVALS / "fastify.mjs", "--store", store, "--port", port, "--rows", rows]
    return Rival([*command, "--migrations", MIGRATIONS], port, data)


def fastify_on_sqlite(bench, rows):
    data = folder_in(bench, f"fastify-{rows}")
    return fastify(data / "rival.db", rows, data)


def rush(bench, asked, demo, connections):
    """As many reports as it takes."""
    before = asked.cpu_s()
    seconds, warm_up = bench.seconds(SECONDS), WARM_UP_S / (3 if bench.quick else 1)
    found = told([LOAD / "mashang_load", "closed", "--demo", demo, "--url", asked.url, "--connections",
                  connections, "--seconds", seconds, "--warm-up", warm_up])  # fmt: skip
    found["server_cores"] = round((asked.cpu_s() - before) / (seconds + warm_up), 3)
    if found["other_answers"]:
        fail(f"{asked.url} refused {found['other_answers']} reports")
    return found


def measure_beside(bench, asked):
    """{name: {connections: figures}}; `asked` is by name, ours among them."""
    found = {name: {} for name in asked}
    for connections in CONNECTIONS:
        for name, one in asked.items():
            found[name][connections] = rush(bench, one, asked["ours"].demo, connections)
    drivers = {name: one.driver for name, one in asked.items() if name != "ours"}
    return {"figures": found, "drivers": drivers}


def measure(bench):
    result = {}
    with ExitStack() as held:
        started = {
            "ours": held.enter_context(Server(bench.folder)),
            "ceiling": held.enter_context(ceiling(bench)),
            "fastify": held.enter_context(fastify_on_sqlite(bench, "few")),
            "fastify_same_rows": held.enter_context(fastify_on_sqlite(bench, "same")),
        }
        result["sqlite"] = measure_beside(bench, started)
    with ExitStack() as held:
        cluster = held.enter_context(Cluster(bench.folder))
        started = {
            "ours": held.enter_context(Server(bench.folder, cluster.store)),
            "fastify": held.enter_context(fastify(cluster.spare, "same")),
        }
        result["postgresql"] = measure_beside(bench, started)
    return result


def rows(result):
    for store, rivals in BESIDE.items():
        found, drivers = result[store]["figures"], result[store]["drivers"]
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[store]
        for rival, words, goal in rivals:
            for connections, ours in found["ours"].items():
                label = f"reports a second, {name}, {connections} at once"
                beside = words.format(driver=drivers[rival])
                row = Row(label, ours["per_s"], beside, found[rival][connections]["per_s"], "/s")
                yield at_least(row, goal)


def notes(result):
    every = [one for store in result.values() for of in store["figures"].values() for one in of.values()]
    most = max(one["generator_cores"] for one in every)
    # On PostgreSQL most of the work is done by its own processes, which are not counted here.
    ours = result["sqlite"]["figures"]["ours"]
    cores = ", ".join(f"{one['server_cores']:.2f}" for one in ours.values())
    yield (f"Closed loop; the generator took at most {most:.2f} cores. Our server on SQLite took {cores} "
           f"cores at {', '.join(ours)} connections. Every report is answered after it is synced to disk, by "
           "each of them. What the rivals leave out (capacity, "
           "continuity, leave, the decision's record, sealed names, live pages, timers) is to their "
           "advantage.")  # fmt: skip
