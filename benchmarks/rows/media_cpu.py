"""CPU per peer while fifty packets a second come in: received, decoded, and answered with sound."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.contenders import CONTENDERS
from benchmarks.model import OURS, Claim, FailedError, Measure, Row, Samples
from benchmarks.swarm import PACKETS_PER_S, trial

PEERS = {"aiortc": 20}  # stock encodes for each peer: more do not fit a core
MANY = 50
SOUND = 0.9 * PACKETS_PER_S


def _sample(bench: Bench, name: str) -> Samples:
    samples: Samples = {}
    for mode in CONTENDERS[name].modes:
        peers = bench.size(PEERS.get(name, MANY), 3)
        seen = trial(bench, name, mode, peers)
        if seen.connected < peers:
            raise FailedError(f"{mode}: {seen.connected} of {peers} connected")
        if mode != "send" or seen.received >= SOUND:
            samples[mode] = [seen.cpu_per_peer]
    return samples


ROW = Row(
    name="media_cpu",
    title="CPU per peer at 50 packets a second of speech, and five pings",
    contenders={
        OURS: "sound is decoded and scored in each mode; a ping is validated and journalled",
        "aiortc": "stock; it always decodes; 20 peers instead of 50",
        "wrtc": "no sink attached when it only receives",
        "libdatachannel": "does not decode",
        "werift": "does not decode",
    },
    measures=(
        Measure("receive", "receiving", "% of a core", 3),
        Measure("decode", "receiving and decoding", "% of a core", 3),
        Measure("send", "and sending sound", "% of a core", 3),
    ),
    claims=(
        Claim("receive", 1.0, beside="libdatachannel"),
        Claim("decode", 0.4, beside="aiortc"),
        Claim("send", 0.15, beside="aiortc"),
    ),
    sample=_sample,
    rounds=3,
)
