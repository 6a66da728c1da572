"""Trials with many calls at once: a fresh server, the generator of load/swarm.mjs, and the bill of both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.contenders import Mode, key_for
from benchmarks.load.speech import write_packets
from benchmarks.model import FailedError
from benchmarks.processes import Server
from benchmarks.scratch import HERE, ROOT

SPEECH = ROOT / "fixtures" / "audio" / "dictation.wav"
PACKETS_PER_S = 50
CONNECT_S = 120  # for all of them


@dataclass(frozen=True, slots=True)
class Trial:
    """What one trial saw.

    Attributes:
        connected: of those that were wanted.
        cpu: of the server while it was measured, 1.0 for one core.
        ping_p95: milliseconds from a message on the channel to its answer.
        received: RTP packets a second that each peer got.
        generator_full: the generator had no time left, so a failure need not be the server's.
    """

    wanted: int
    connected: int
    cpu: float
    ping_p50: float
    ping_p95: float
    received: float
    sent: float
    generator_full: bool

    @property
    def cpu_per_peer(self) -> float:
        """Percent of a core."""
        return self.cpu / self.connected * 100


def packets(bench: Bench) -> Path:
    """The speech that the peers send, made once."""
    path = bench.scratch.folder / "speech.json"
    if not path.exists():
        write_packets(SPEECH, path)
    return path


def trial(bench: Bench, name: str, mode: Mode, peers: int) -> Trial:
    """Connect so many peers, let them speak and ping.

    Raises:
        MissingError: contender or generator is not installed.
        FailedError: nobody connected, or something broke.
    """
    node = bench.scratch.node()
    with bench.server(name, mode) as server:
        task = {
            "url": server.url,
            "key": key_for(server, name, mode),
            "peers": peers,
            "settleMs": bench.size(2000, 300),
            "measureMs": bench.size(8000, 1000),
            "packets": str(packets(bench)),
        }
        line = [node, str(HERE / "load" / "swarm.mjs"), json.dumps(task)]
        with bench.generator(line, patience=CONNECT_S + 30) as load:
            connected, spent, seen = _watch(server, load.line)
    return Trial(
        wanted=peers,
        connected=connected,
        cpu=spent / seen["seconds"],
        ping_p50=seen["pingP50"],
        ping_p95=seen["pingP95"],
        received=seen["receivedPerPeer"],
        sent=seen["sentPerPeer"],
        generator_full=seen["generatorCpu"] > 0.95 or seen["sentPerPeer"] < 0.97 * PACKETS_PER_S,
    )


def _watch(server: Server, line: Any) -> tuple[int, float, dict[str, Any]]:
    """How many connected, the server's seconds of CPU in the measured time, and what the generator saw."""
    first = line()
    if first is None or not first["connected"]:
        raise FailedError(f"no peer connected: {first['problem'] if first else 'the generator ended'}")
    line()
    before = server.usage().cpu_s
    line()
    spent = server.usage().cpu_s - before
    seen = line()
    if seen is None or seen["pingP95"] is None:
        raise FailedError("no ping was answered")
    return first["connected"], spent, seen
