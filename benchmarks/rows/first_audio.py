"""From the POST to the first sound that the session, or the peer's application, has."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.contenders import key_for
from benchmarks.model import OURS, Claim, Measure, Row, Samples


def _sample(bench: Bench, name: str) -> Samples:
    calls = bench.size(20, 2)
    with bench.server(name) as server:
        key = key_for(server, name, "receive")  # without turn detection: the client commits
        bench.times("first_audio", server.url, key, "--calls", 1, patience=30)
        times = bench.times("first_audio", server.url, key, "--calls", calls, patience=30 + 5 * calls)
    return {"audio": times}


ROW = Row(
    name="first_audio",
    title="POST → first sound at the session",
    contenders={
        OURS: "PCM in the session's buffer",
        "aiortc": "stock: the first decoded frame",
        "wrtc": "the first decoded frame",
        "libdatachannel": "the first RTP packet, not decoded",
        "werift": "the first RTP packet, not decoded",
    },
    measures=(Measure("audio", "POST → first sound", "ms", 1, p95=True),),
    claims=(Claim("audio", 0.3, beside="aiortc"),),
    sample=_sample,
)
