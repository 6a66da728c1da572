"""From the start of the process to the first valid answer, and the memory before the first call."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.bench import Bench
from benchmarks.contenders import API_KEY, serve_ours
from benchmarks.model import OURS, Claim, FailedError, Measure, Row, Samples
from benchmarks.processes import Server, stop
from benchmarks.scratch import PEERS, Scratch, environment

MIB = 1024 * 1024
PATIENCE_S = 20.0
POLL_S = 0.001
SETTLE_S = 1.0
BODY = b'{"session":{"type":"transcription"}}'
MINT = (
    b"POST /v1/realtime/client_secrets HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Authorization: Bearer " + API_KEY.encode() + b"\r\nContent-Type: application/json\r\n"
    b"Content-Length: " + str(len(BODY)).encode() + b"\r\n\r\n" + BODY
)
MODELS = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _aimock(scratch: Scratch, port: int) -> list[str]:
    node = scratch.node()
    program = scratch.node_modules / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    fixture = PEERS / "aimock.json"
    return [node, str(program), "-p", str(port), "--log-level", "warn", "-f", str(fixture)]


def _ours(_scratch: Scratch, port: int) -> list[str]:
    arguments = serve_ours()
    arguments[arguments.index("--port") + 1] = str(port)
    return [sys.executable, "-m", "realtime_mock.cli", *arguments]


def _bare(_scratch: Scratch, port: int) -> list[str]:
    return [sys.executable, str(PEERS / "bare.py"), "--port", str(port)]


STARTS: dict[str, tuple[Callable[[Scratch, int], list[str]], bytes]] = {
    OURS: (_ours, MINT),
    "aiohttp": (_bare, MINT),
    "aimock": (_aimock, MODELS),
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answer(port: int, request: bytes) -> bytes:
    """The whole answer. Raises OSError while nobody listens."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


def _until_answered(process: subprocess.Popen[bytes], port: int, request: bytes) -> bytes:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return _answer(port, request)
        except OSError:
            time.sleep(POLL_S)
    raise FailedError("the server did not answer")


def start_once(bench: Bench, name: str) -> tuple[float, float]:
    """Milliseconds from the start of the process to its first valid answer, and MiB a second later."""
    make, request = STARTS[name]
    port = _free_port()
    line = make(bench.scratch, port)
    log = (bench.scratch.logs / f"start-{name}.log").open("wb")
    begin = time.perf_counter()
    process = subprocess.Popen(line, stdout=log, stderr=log, env=environment(bench.scratch))
    try:
        answer = _until_answered(process, port, request)
        took = (time.perf_counter() - begin) * 1000
        _check(name, answer)
        time.sleep(SETTLE_S)
        return took, Server(f"http://127.0.0.1:{port}", process).usage().rss_bytes / MIB
    finally:
        stop(process)
        log.close()


def _check(name: str, answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise FailedError(head.decode(errors="replace")[:200])
    if name != "aimock" and not json.loads(body)["value"].startswith("ek_"):
        raise FailedError("that is no client secret")


def _sample(bench: Bench, name: str) -> Samples:
    start_once(bench, name)  # the first one reads everything from the disk
    starts = [start_once(bench, name) for _ in range(bench.size(5, 1))]
    return {"start": [took for took, _ in starts], "rss": [rss for _, rss in starts]}


ROW = Row(
    name="startup",
    title="Process start → first valid answer; memory before the first call",
    contenders={
        OURS: "a minted client secret: key, schema and era checked, a scenario loaded",
        "aiohttp": "a constant in the shape of a client secret, nothing looked at",
        "aimock": "its list of models: it mints no client secrets",
    },
    measures=(
        Measure("start", "process start → answer", "ms", 0, p95=True),
        Measure("rss", "RSS before the first call", "MiB", 1),
    ),
    claims=(Claim("start", 1.3, beside="aiohttp"), Claim("rss", 1.3, beside="aiohttp")),
    sample=_sample,
)
