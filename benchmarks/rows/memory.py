"""What a call holds while it lasts, and what is left when it is gone."""

from __future__ import annotations

import json
import time
from pathlib import Path

from benchmarks.bench import Bench, checked
from benchmarks.contenders import key_for
from benchmarks.model import OURS, Claim, FailedError, Measure, Row, Samples
from benchmarks.processes import Server, ask_probe
from benchmarks.scratch import HERE
from benchmarks.statistics import slope
from benchmarks.swarm import packets

KIB, MIB = 1024, 1024 * 1024
WARM_UP_SHARE = 0.2  # of the cycles: pools and caches fill


def _held(bench: Bench, server: Server, name: str, probe: Path) -> Samples:
    """Per peer, with so many of them speaking."""
    peers = bench.size(50, 3)
    task = {
        "url": server.url,
        "key": key_for(server, name),
        "peers": peers,
        "settleMs": 3000 if not bench.quick else 500,
        "measureMs": 2000,
        "packets": str(packets(bench)),
    }
    time.sleep(bench.size(2, 1))  # what the cycles left, and their last HTTP connection
    tasks, idle = ask_probe(server, probe)["tasks"], server.usage()
    line = [bench.scratch.node(), str(HERE / "load" / "swarm.mjs"), json.dumps(task)]
    with bench.generator(line, patience=90) as load:
        first = load.line()
        if first is None or first["connected"] < peers:
            raise FailedError(f"{first['connected'] if first else 0} of {peers} connected")
        load.line()
        more, busy = ask_probe(server, probe)["tasks"], server.usage()
        while load.line():
            pass
    return {
        "rss": [(busy.rss_bytes - idle.rss_bytes) / peers / MIB],
        "fds": [(busy.fds - idle.fds) / peers],
        "threads": [(busy.threads - idle.threads) / peers],
        "tasks": [(more - tasks) / peers],
    }


def _left(bench: Bench, server: Server, name: str, probe: Path) -> Samples:
    """The growth per cycle of connect and close."""
    every = bench.size(100, 5)
    cycles = 15 * every if not bench.quick else 3 * every
    key = key_for(server, name)
    points: list[tuple[float, float]] = []
    arguments = (server.url, key, "--cycles", cycles, "--every", every)
    with bench.python_load("cycles", *arguments, patience=60 + cycles / 2) as load:
        while (said := load.line()) and "done" in said:
            time.sleep(0.5)  # the last call's end
            ask_probe(server, probe)
            points.append((said["done"], server.usage().rss_bytes / KIB))
            load.go_on()
        checked(said)
    settled = [point for point in points if point[0] >= WARM_UP_SHARE * cycles]
    return {"slope": [slope(settled)]}


def _sample(bench: Bench, name: str) -> Samples:
    probe = bench.scratch.logs / f"{name}.probe"
    with bench.server(name, probe=probe) as server:
        bench.times("cycles", server.url, key_for(server, name), "--cycles", 3, patience=60)
        left = _left(bench, server, name, probe)
        return {**_held(bench, server, name, probe), **left}


ROW = Row(
    name="memory",
    title="Memory, descriptors, threads and tasks per peer; growth over 1,500 cycles",
    contenders={
        OURS: "decoding, journal on",
        "aiortc": "stock, decoding",
    },
    measures=(
        Measure("rss", "RSS per peer", "MiB", 3),
        Measure("fds", "file descriptors per peer", "", 2),
        Measure("threads", "threads per peer", "", 2),
        Measure("tasks", "asyncio tasks per peer", "", 2),
        Measure("slope", "RSS per connect and close", "KiB", 2),
    ),
    claims=(
        Claim("rss", 0.15),
        Claim("fds", 0.0),
        Claim("threads", 0.0),
        Claim("tasks", 2.0),
        Claim("slope", 0.5),
    ),
    sample=_sample,
    rounds=2,
)
