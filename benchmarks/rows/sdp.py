"""An offer read and an answer written: text to text, no network."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiortc.sdp import SessionDescription

from benchmarks.bench import Bench
from benchmarks.model import OURS, Claim, Measure, Row, Samples
from benchmarks.scratch import ROOT
from realtime_mock.runtime.addresses import Candidate
from realtime_mock.transports.sdp import parse_offer
from realtime_mock.transports.sdp_answer import LocalDescription, build_answer

OFFERS = ("chromium.sdp", "firefox.sdp", "aiortc.sdp")
LOCAL = LocalDescription(
    session_id=1,
    unix_seconds=1_800_000_000,
    fingerprint=":".join(["00"] * 32),
    ufrag="benchmark/u0",
    password="0" * 32,
    candidates=[Candidate("udp", "127.0.0.1", 8080)],
    ssrc=1,
)


def ours(offer: str) -> str:
    """The offer judged, and the answer to it."""
    return build_answer(parse_offer(offer), local=LOCAL)


def stock(offer: str) -> str:
    """The offer read and written again: aiortc's own negotiation, which comes in between, is not counted."""
    return str(SessionDescription.parse(offer))


EXCHANGES: dict[str, Callable[[str], str]] = {OURS: ours, "aiortc": stock}


def _sample(bench: Bench, name: str) -> Samples:
    offers = [(ROOT / "fixtures" / "sdp" / file).read_bytes().decode() for file in OFFERS]
    exchange, times = EXCHANGES[name], []
    for _ in range(bench.size(500, 20)):
        begin = time.perf_counter()
        for offer in offers:
            exchange(offer)
        times.append((time.perf_counter() - begin) * 1e6 / len(offers))
    return {"exchange": times}


ROW = Row(
    name="sdp",
    title="SDP: offer parsed, answer written",
    contenders={
        OURS: "strict parse, negotiation, answer",
        "aiortc": "lenient parse and the same description written again, without negotiation",
    },
    measures=(Measure("exchange", "parse and answer", "µs", 0, p95=True),),
    claims=(Claim("exchange", 1.0, beside="aiortc"),),
    sample=_sample,
)
