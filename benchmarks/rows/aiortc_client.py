"""An aiortc client: from the POST to the open data channel, and what a connect and close costs the server."""

from __future__ import annotations

from benchmarks.bench import Bench, checked
from benchmarks.contenders import key_for
from benchmarks.model import OURS, Claim, Measure, Row, Samples

WARM_UP = 3


def _sample(bench: Bench, name: str) -> Samples:
    cycles = bench.size(100, 5)
    with bench.server(name) as server:
        key = key_for(server, name)
        bench.times("cycles", server.url, key, "--cycles", WARM_UP, patience=60)
        before = server.usage().cpu_s
        with bench.python_load(
            "cycles", server.url, key, "--cycles", cycles, "--every", cycles, patience=30 + cycles
        ) as load:
            load.line()  # all done, all closed
            cpu_ms = (server.usage().cpu_s - before) * 1000
            load.go_on()
            quick = checked(load.line())
        stock = bench.times(
            "cycles", server.url, key, "--cycles", cycles // 2, "--client", "stock", patience=30 + cycles
        )
    return {"open": quick, "stock_open": stock, "cpu": [cpu_ms / cycles]}


ROW = Row(
    name="aiortc",
    title="aiortc client: POST → open; the server's CPU for a connect and close",
    contenders={
        OURS: "the whole server",
        "aiortc": "stock, echo",
        "wrtc": "libwebrtc, echo",
        "libdatachannel": "echo",
        "werift": "echo",
    },
    measures=(
        Measure("open", "POST → open, client looks at its checks every ms", "ms", 1, p95=True),
        Measure("stock_open", "POST → open, client as it is (every 20 ms)", "ms", 1, p95=True),
        Measure("cpu", "server CPU per connect and close", "ms", 2),
    ),
    claims=(Claim("open", 0.3, beside="aiortc"),),
    sample=_sample,
)
