"""The doctor against servers that are broken in one place each, and against one that is well."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from conftest import API_KEY, Serve
from realtime_client.connector import TransportName
from realtime_client.doctor import Report, Step, Target, examine
from realtime_client.doctor.report import STEPS
from sdk import broken_servers as broken
from sdk import broken_sessions as sessions
from sdk.well_server import SECRET, Server

PATIENCE_S = 60
STALL_S = 2.0
"""The limit of each step when a server stalls; every step that is passed has to be faster."""


async def examined(server: Server, transport: TransportName = "webrtc") -> tuple[Report, list[Step]]:
    """What the doctor says about a server, and what it told on the way."""
    told: list[Step] = []
    async with asyncio.timeout(PATIENCE_S), server.running() as url:
        seconds = STALL_S if server.stalls else PATIENCE_S
        target = Target(url, API_KEY, transport=transport, timeout=seconds)
        report = await examine(target, told.append)
    return report, told


Case = tuple[type[Server], str, str]
"""A server, the step at which it stops, the id of the explanation."""

WAY: list[Case] = [
    (broken.NotRunning, "mint", "refused"),
    (broken.HangsUp, "mint", "hung-up"),
    (broken.AnotherProtocol, "mint", "not-http"),
    (broken.SelfSigned, "mint", "tls-certificate"),
    (broken.PlainUnderHttps, "mint", "tls"),
    (broken.NeverAnswers, "mint", "no-answer-in-time"),
    (broken.LoginPage, "mint", "html"),
    (broken.BadGateway, "mint", "html"),
    (broken.Redirects, "mint", "redirect"),
    (broken.RefusesTheKey, "mint", "key-refused"),
    (broken.SpeaksTheBeta, "mint", "no-mint"),
    (broken.MintsNothing, "mint", "no-secret"),
    (broken.MintsForTheBeta, "mint", "beta-mint"),
    (broken.SaysNothing, "SDP", "empty-error"),
    (broken.WrapsTheAnswer, "SDP", "no-sdp"),
    (broken.SpoilsTheAnswer, "SDP", "bad-sdp"),
    (broken.NoCandidates, "ICE", "no-candidates"),
    (broken.UdpBlocked, "ICE", "unreachable"),
    (broken.AnotherCertificate, "DTLS", "identity"),
    (broken.NoFingerprint, "DTLS", "no-fingerprint"),
    (broken.SilentHandshake, "DTLS", "handshake-silent"),
    (broken.NoChannel, "channel", "channel-silent"),
]
SESSION: list[Case] = [
    (sessions.NeverSpeaks, "first event", "no-first-event"),
    (sessions.NoCredit, "first event", "quota"),
    (sessions.BetaFirst, "first event", "beta-shape"),
    (sessions.AnotherApi, "first event", "wrong-first-event"),
    (sessions.BetaSession, "shape", "beta-shape"),
    (sessions.ErrorAfterSound, "beep", "error-after-sound"),
    (sessions.GoesAway, "beep", "lost-in-use"),
    (sessions.NeverListens, "beep", "no-echo"),
]
SOCKET: list[Case] = [
    (sessions.NoWebSocket, "WebSocket", "route-absent"),
    (sessions.DropsTheUpgrade, "WebSocket", "no-upgrade"),
    (sessions.PageForASocket, "WebSocket", "html"),
    (sessions.HoldsTheUpgrade, "WebSocket", "no-answer-in-time"),
    (sessions.ClosesAtOnce, "first event", "ended-early"),
]
CASES: list[tuple[TransportName, *Case]] = [
    *(("webrtc", *case) for case in WAY + SESSION),
    *(("websocket", *case) for case in SOCKET + SESSION),
]


@pytest.mark.parametrize(
    ("transport", "kind", "step", "cause"), CASES, ids=lambda part: getattr(part, "__name__", None)
)
async def test_the_doctor_names_the_step_and_the_cause(
    transport: TransportName, kind: type[Server], step: str, cause: str, tmp_path: Path
) -> None:
    """For each broken server: where it stops, and why; what is before was passed, what is after not reached."""
    report, told = await examined(kind(tmp_path), transport)
    assert report.explanation is not None
    assert (report.stopped_at, report.explanation.known) == (step, cause)
    assert report.explanation.causes != ()
    place = [one.name for one in report.steps].index(step)
    assert {one.outcome for one in report.steps[:place]} == {"passed"}
    assert {one.outcome for one in report.steps[place + 1 :]} <= {"not reached"}
    assert told == list(report.steps)


@pytest.mark.parametrize("transport", STEPS)
async def test_a_server_that_is_well(transport: TransportName, tmp_path: Path) -> None:
    """Every step is passed, in its order, and there is nothing to explain."""
    report, told = await examined(Server(tmp_path), transport)
    assert [(step.name, step.outcome) for step in told] == [(name, "passed") for name in STEPS[transport]]
    assert (report.healthy, report.stopped_at, report.explanation) == (True, None, None)


@pytest.mark.parametrize("transport", STEPS)
async def test_the_stand_in_is_well(serve: Serve, transport: TransportName) -> None:
    """This project's own server passes every step, too."""
    server = await serve(era="ga")
    async with asyncio.timeout(PATIENCE_S):
        report = await examine(Target(f"{server.url}/v1", API_KEY, transport=transport))
    assert [step.name for step in report.steps if step.outcome != "passed"] == []


async def test_an_ephemeral_key_is_used_as_it_is(serve: Serve) -> None:
    """With a client secret in the place of the key nothing is minted."""
    server = await serve(era="ga")
    secret = await server.mint("client_secrets", {"session": {"type": "transcription"}})
    async with asyncio.timeout(PATIENCE_S):
        report = await examine(Target(f"{server.url}/v1", secret))
    outcomes = {step.name: step.outcome for step in report.steps}
    assert (report.healthy, outcomes["mint"], outcomes["close"]) == (True, "not reached", "passed")


async def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody knows the host's name, it stops at the first request."""

    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    async with asyncio.timeout(PATIENCE_S):
        report = await examine(Target("https://api.example/v1", API_KEY))
    assert report.explanation is not None
    assert (report.stopped_at, report.explanation.known) == ("mint", "no-dns")


async def test_no_secret_is_shown(tmp_path: Path) -> None:
    """A mint's answer in the wrong shape may hold a key; the report does not repeat it."""
    report, _ = await examined(broken.MintsForTheBeta(tmp_path))
    assert SECRET not in repr(report)
    assert API_KEY not in repr(report)
