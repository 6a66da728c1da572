"""How many peers one core carries with ping p95 ≤ 50 ms: a bounded search."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.bench import Bench
from benchmarks.contenders import CONTENDERS, Mode
from benchmarks.model import OURS, Claim, FailedError, Measure, Row, Samples
from benchmarks.rows.media_cpu import SOUND
from benchmarks.swarm import trial

PING_MS = 50.0
FIRST = 25
MOST = 1000
STEP = 0.06
"""The search ends when the best that passed and the least that failed are this close."""
TRIES = 2


def search(passes: Callable[[int], bool], first: int, most: int) -> int:
    """The largest number found that passes: doubled until one fails, then halved in between; 0 for none."""
    best, worst, number = 0, most + 1, first
    while best < most and worst - best > max(1, STEP * best):
        if passes(number):
            best = number
        else:
            worst = number
        number = min(most, number * 2) if worst > most else (best + worst) // 2
        if number == best:
            break
    return best


class _Limits:
    """Whether a number of peers passes, and whether it was the generator that had enough."""

    def __init__(self, bench: Bench, name: str, mode: Mode) -> None:
        self._bench, self._name, self._mode = bench, name, mode
        self.generator_full = False

    def passes(self, peers: int) -> bool:
        """A number fails only when it fails twice."""
        return any(self._once(peers) for _ in range(TRIES))

    def _once(self, peers: int) -> bool:
        try:
            seen = trial(self._bench, self._name, self._mode, peers)
        except FailedError as failed:
            print(f"    {self._name} {self._mode} {peers}: {failed}", flush=True)
            return False
        if self._mode == "send" and seen.received < SOUND:
            return False
        print(
            f"    {self._name} {self._mode} {peers}: {seen.connected} connected,"
            f" ping p95 {seen.ping_p95:.0f} ms, server {seen.cpu:.0%}"
            f"{', generator full' if seen.generator_full else ''}",
            flush=True,
        )
        good = seen.connected == peers and seen.ping_p95 <= PING_MS
        self.generator_full = self.generator_full or (not good and seen.generator_full)
        return good


def _sample(bench: Bench, name: str) -> Samples:
    samples: Samples = {}
    for mode in CONTENDERS[name].modes:
        limits = _Limits(bench, name, mode)
        found = search(limits.passes, bench.size(FIRST, 3), bench.size(MOST, 6))
        if found:
            samples[mode] = [float(found)]
            samples[f"{mode}_generator_full"] = [float(limits.generator_full)]
    return samples


ROW = Row(
    name="capacity",
    title="Peers on one core with ping p95 ≤ 50 ms",
    contenders={
        OURS: "sound is decoded and scored in each mode; journal on",
        "aiortc": "stock; it always decodes",
        "wrtc": "no sink attached when it only receives",
        "libdatachannel": "does not decode",
        "werift": "does not decode",
    },
    measures=(
        Measure("receive", "receiving", "peers", 0),
        Measure("decode", "receiving and decoding", "peers", 0),
        Measure("send", "and sending sound", "peers", 0),
    ),
    claims=(
        Claim("receive", 550, at_least=True),
        Claim("decode", 250, at_least=True),
        Claim("send", 200, at_least=True),
    ),
    sample=_sample,
    rounds=1,
)
