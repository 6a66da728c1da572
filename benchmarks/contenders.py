"""The servers that are compared: how each is started, and what it can do."""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.model import OURS, MissingError
from benchmarks.processes import Server
from benchmarks.scratch import PEERS, Scratch

Mode = Literal["receive", "decode", "send"]
"""receive: RTP comes in; decode: and the application has its sound; send: and it is sent sound."""

API_KEY = "sk-benchmark-0000"
TRANSCRIBER = {"model": "gpt-4o-mini-transcribe"}


@dataclass(frozen=True, slots=True)
class Contender:
    """A server. ``echo_library`` and ``script`` name what of peers/ is run; ours has neither."""

    name: str
    modes: tuple[Mode, ...]
    echo_library: str = ""
    script: str = ""

    @property
    def usual(self) -> Mode:
        """What its application would do: have the sound, where the library decodes."""
        return "decode" if "decode" in self.modes else self.modes[0]


CONTENDERS = {
    one.name: one
    for one in (
        Contender(OURS, ("receive", "decode", "send")),
        Contender("aiortc", ("decode", "send"), echo_library="aiortc"),  # it decodes whatever comes
        Contender("wrtc", ("receive", "decode", "send"), echo_library="webrtc.aiortc"),
        Contender("libdatachannel", ("receive",), script="libdatachannel.mjs"),
        Contender("werift", ("receive",), script="werift.mjs"),
    )
}


def command(scratch: Scratch, name: str, mode: Mode | None = None, probe: Path | None = None) -> list[str]:
    """The command line of a contender's server on a free port.

    Args:
        mode: None for the contender's usual one.
        probe: run it under peers/probed.py, which reports to this file (Python servers only).

    Raises:
        MissingError: it is not installed, or has no such mode.
    """
    contender = CONTENDERS[name]
    mode = mode or contender.usual
    if mode not in contender.modes:
        raise MissingError(f"has no mode '{mode}'")
    if contender.script:
        return [scratch.node(), str(PEERS / contender.script)]
    python = scratch.python() if contender.echo_library else sys.executable
    probed = [str(PEERS / "probed.py"), str(probe)] if probe else []
    if contender.echo_library:
        program = [str(PEERS / "echo.py"), "--library", contender.echo_library, "--mode", mode]
    else:
        program = ["-m", "realtime_mock.cli", *serve_ours()]
    return [python, *probed, *program]


def serve_ours(*more: str) -> list[str]:
    """The arguments of `realtime-mock` for a free port; everything else is as by default."""
    return ["serve", "--port", "0", "--udp-port", "0", "--era", "ga", "--quiet", *more]


def key_for(server: Server, name: str, mode: Mode = "decode") -> str:
    """A key for calls: ours is minted, the peers do not look at it. `receive` asks for no turn detection."""
    if name != OURS:
        return "unused"
    heard: dict[str, Any] = {"transcription": TRANSCRIBER}
    if mode == "receive":
        heard["turn_detection"] = None
    return mint(server.url, {"session": {"type": "transcription", "audio": {"input": heard}}})


def mint(url: str, body: dict[str, Any]) -> str:
    """A client secret."""
    request = urllib.request.Request(
        f"{url}/v1/realtime/client_secrets",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        value: str = json.load(response)["value"]
        return value
