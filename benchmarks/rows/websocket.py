"""WebSocket: how soon a session is there, how soon a transcript is, and how many events a second pass."""

from __future__ import annotations

import sys

from benchmarks.bench import Bench
from benchmarks.contenders import API_KEY, serve_ours
from benchmarks.model import OURS, Claim, FailedError, Measure, Row, Samples
from benchmarks.scratch import PEERS

SCENARIO = PEERS / "no_delays.yaml"


def _command(bench: Bench, name: str) -> list[str]:
    if name == OURS:
        return [sys.executable, "-m", "realtime_mock.cli", *serve_ours("--scenario", str(SCENARIO))]
    node = bench.scratch.node()
    program = bench.scratch.node_modules / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    return [node, str(program), "-p", "0", "-f", str(PEERS / "aimock.json")]


def _sample(bench: Bench, name: str) -> Samples:
    counts = {
        "--connects": bench.size(50, 3),
        "--commits": bench.size(50, 3),
        "--updates": bench.size(3000, 100),
        "--appends": bench.size(1000, 50),
    }
    flags = [text for pair in counts.items() for text in map(str, pair)]
    with (
        bench.program(_command(bench, name), name) as server,
        bench.python_load("websocket", server.url, API_KEY, *flags, patience=90) as load,
    ):
        said = load.line()
    if said is None:
        raise FailedError("the load generator said nothing")
    return dict(said)


ROW = Row(
    name="websocket",
    title="WebSocket, a transcription session, all delays 0",
    contenders={
        OURS: "checks the key, each event against the schema, the base64; scores the sound;"
        " journals each event",
        "aimock": "checks no key and no event, does not look at the sound, journals transcripts only",
    },
    measures=(
        Measure("connect", "connect → session.created", "ms", 2, p95=True),
        Measure("commit", "commit → completed", "ms", 2, p95=True),
        Measure("updates", "session.update and its answer, not waited for", "events/s", 0),
        Measure("appends", "100 ms of sound each, not waited for", "events/s", 0),
    ),
    claims=(
        Claim("connect", 2.0, beside="aimock"),
        Claim("commit", 2.0, beside="aimock"),
        Claim("updates", 0.5, beside="aimock", at_least=True),
        Claim("appends", 0.5, beside="aimock", at_least=True),
    ),
    sample=_sample,
)
