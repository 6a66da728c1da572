"""From an error to its symptom, its clues and its finding: the doctor's judgement, without a network."""

from __future__ import annotations

import errno
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from realtime_client import (
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    IdentityError,
    MintError,
    PhaseTimeout,
    RealtimeError,
    RequestFacts,
    SdpError,
    SessionRefused,
    UpgradeError,
)
from realtime_client.doctor.clues import Clues, candidates_of
from realtime_client.doctor.findings import FINDINGS, explain_symptom
from realtime_client.doctor.symptoms import Complaint, check_shape, symptom_of
from realtime_client.doctor.tap import Exchange
from realtime_client.events import ErrorEvent, SessionCreated, read_event

BASE = "https://api.example/v1"
MINT = RequestFacts("POST", f"{BASE}/realtime/client_secrets", "api", "json")
SOCKET = RequestFacts("GET", "wss://api.example/v1/realtime", "ephemeral", "none")
CALL = RequestFacts("POST", f"{BASE}/realtime/calls", "ephemeral", "sdp")
HOST = ConnectionKey("api.example", 443, True, True, None, None, None)
FINGERPRINT = "a=fingerprint:sha-256 00:00\r\n"
CANDIDATE = "a=candidate:1 1 udp 2130706431 192.0.2.7 3478 typ host\r\n"


def unanswered(cause: Exception) -> MintError:
    """A mint for which no answer came."""
    error = MintError("No answer", request=MINT)
    error.__cause__ = cause
    return error


def answered(status: int, facts: RequestFacts = MINT) -> RealtimeError:
    """A request whose answer is not what was wanted."""
    kind = {MINT.url: MintError, CALL.url: SdpError, SOCKET.url: UpgradeError}[facts.url]
    return kind(f"HTTP {status}", request=facts, status=status)


def instead(event: str) -> ConnectError:
    """Something else than session.created came."""
    return ConnectError("first event", "…", event=read_event(event))


def refused(code: str) -> SessionRefused:
    """An error event came in place of the session."""
    return SessionRefused("first event", ErrorEvent(type="error", error={}, code=code), request=SOCKET)


def dns() -> Exception:
    return aiohttp.ClientConnectorDNSError(HOST, socket.gaierror(socket.EAI_NONAME, "unknown name"))


def unconnected(number: int) -> Exception:
    return aiohttp.ClientConnectorError(HOST, OSError(number, "…"))


UNREACHED = Exchange(BASE)
CONNECTED = Exchange(BASE, connected=True)
ANSWERED = Exchange(BASE, connected=True, status=201, shape="sdp", sdp=f"v=0\r\n{FINGERPRINT}{CANDIDATE}")
BARE = Exchange(BASE, connected=True, status=201, shape="sdp", sdp="v=0\r\n")
CASES: list[tuple[RealtimeError, Exchange, str]] = [
    (Complaint("no-key", "…"), UNREACHED, "no-key"),
    (Complaint("no-echo", "…"), ANSWERED, "no-echo"),
    (Complaint("close-hangs", "…"), ANSWERED, "close-hangs"),
    (Complaint("error-after-sound", "…"), ANSWERED, "error-after-sound"),
    (ConfigurationError("…"), UNREACHED, "malformed-key"),
    (unanswered(dns()), UNREACHED, "no-dns"),
    (unanswered(unconnected(errno.ECONNREFUSED)), UNREACHED, "refused"),
    (unanswered(unconnected(errno.ENETUNREACH)), UNREACHED, "no-route"),
    (unanswered(unconnected(errno.EPERM)), UNREACHED, "no-way"),
    (unanswered(aiohttp.ClientConnectorCertificateError(HOST, Exception())), UNREACHED, "tls-certificate"),
    (unanswered(aiohttp.ClientConnectorSSLError(HOST, OSError(1, "…"))), UNREACHED, "tls"),
    (unanswered(aiohttp.ServerDisconnectedError()), CONNECTED, "hung-up"),
    (unanswered(ConnectionResetError()), CONNECTED, "hung-up"),
    (unanswered(aiohttp.ClientPayloadError()), CONNECTED, "hung-up"),
    (unanswered(aiohttp.ClientResponseError(None, ())), CONNECTED, "not-http"),  # type: ignore[arg-type]
    (unanswered(ValueError()), CONNECTED, "unknown"),
    (PhaseTimeout("mint", 1), UNREACHED, "no-connection-in-time"),
    (PhaseTimeout("SDP", 1), CONNECTED, "no-answer-in-time"),
    (answered(200), Exchange(BASE, shape="html"), "html"),
    (answered(503), Exchange(BASE, shape="html"), "html"),
    (answered(302), Exchange(BASE, shape="empty"), "redirect"),
    (answered(404), Exchange(BASE, shape="json"), "no-mint"),
    (answered(404, CALL), Exchange(BASE, shape="json"), "refused-by-http"),
    (answered(403), Exchange(BASE, shape="json"), "refused-by-http"),
    (answered(200), Exchange(BASE, shape="json"), "no-secret"),
    (answered(200), Exchange(BASE, shape="json", keys={"client_secret": dict}), "beta-mint"),
    (answered(200, CALL), Exchange(BASE, shape="json"), "no-sdp"),
    (answered(404, SOCKET), Exchange(BASE), "refused-by-http"),
    (answered(200, SOCKET), Exchange(BASE), "no-upgrade"),
    (answered(200, SOCKET), Exchange(BASE, content_type="text/html"), "html"),
    (PhaseTimeout("WebSocket", 1), CONNECTED, "no-answer-in-time"),
    (ConnectError("SDP", "…"), ANSWERED, "bad-sdp"),
    (ConnectError("ICE", "no address"), UNREACHED, "no-address"),
    (ConnectError("ICE", "…"), BARE, "no-candidates"),
    (PhaseTimeout("ICE", 1), BARE, "no-candidates"),
    (PhaseTimeout("ICE", 1), ANSWERED, "unreachable"),
    (IdentityError("DTLS", "…"), ANSWERED, "identity"),
    (ConnectError("DTLS", "…"), BARE, "no-fingerprint"),
    (ConnectError("DTLS", "…"), ANSWERED, "handshake-failed"),
    (PhaseTimeout("DTLS", 1), ANSWERED, "handshake-silent"),
    (PhaseTimeout("channel", 1), ANSWERED, "channel-silent"),
    (ConnectError("channel", "…"), ANSWERED, "channel-closed"),
    (PhaseTimeout("first event", 1), ANSWERED, "no-first-event"),
    (ConnectError("first event", "gone"), ANSWERED, "ended-early"),
    (refused("server_error"), ANSWERED, "refused-by-event"),
    (instead('{"type": "transcription_session.created"}'), ANSWERED, "beta-shape"),
    (instead('{"type": "hello"}'), ANSWERED, "wrong-first-event"),
    (ConnectionLost("…"), ANSWERED, "lost-in-use"),
    (RealtimeError("…"), ANSWERED, "unknown"),
]


@pytest.mark.parametrize(("error", "exchange", "symptom"), CASES)
def test_an_error_has_its_symptom(error: RealtimeError, exchange: Exchange, symptom: str) -> None:
    """Each error of the SDK, with what was seen on HTTP, is one row of the table."""
    assert symptom_of(error, exchange) == symptom


def test_every_row_has_a_case_and_every_case_a_row() -> None:
    """The table has no row that nothing leads to."""
    assert set(FINDINGS) == {symptom for _, _, symptom in CASES}


@pytest.mark.parametrize(("error", "exchange", "symptom"), CASES)
def test_a_symptom_has_causes_for_its_clues(error: RealtimeError, exchange: Exchange, symptom: str) -> None:
    """Whatever the clues, something can be said; only what has no name has no cause."""
    explanation = explain_symptom(symptom, Clues.of(BASE, error, exchange))
    assert (explanation.causes == ()) == (symptom == "unknown")


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        ("127.0.0.1 5000 typ host", "The answer names 127.0.0.1"),
        ("10.0.0.7 5000 typ host", "The answer names an address of the server's own network"),
        ("8.8.8.8 5000 typ host", "A firewall, a VPN or a company network lets no UDP out"),
        ("7f1f-aa.local 5000 typ host", "All candidates are names (.local) or TCP"),
    ],
)
def test_the_candidates_decide_why_udp_does_not_come_through(answer: str, first: str) -> None:
    """The same time-out has other causes for an address of this machine, of a private network, of the world."""
    exchange = Exchange(BASE, sdp=f"v=0\r\na=candidate:1 1 udp 1 {answer}\r\n")
    clues = Clues.of(BASE, PhaseTimeout("ICE", 10), exchange)
    assert explain_symptom("unreachable", clues).causes[0].why.startswith(first)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("invalid_api_key", "The key is mistyped"),
        ("invalid_model", "The model is no"),
        ("odd", "The server has"),
    ],
)
def test_the_code_decides_why_a_session_is_refused(code: str, first: str) -> None:
    """The error event's code leads to its cause; but for a reason of the server's own, the others are out."""
    causes = explain_symptom("refused-by-event", Clues.of(BASE, refused(code), ANSWERED)).causes
    assert causes[0].why.startswith(first)
    assert len(causes) == (1 if code == "odd" else 2)


def test_candidates_are_read_off_an_answer() -> None:
    """In their order, each once, whatever the protocol; other lines are left alone."""
    repeated = CANDIDATE + CANDIDATE.replace("candidate:1 1", "candidate:2 1")
    tcp = "a=candidate:3 1 TCP 1 192.0.2.7 9 typ host tcptype active\r\n"
    sdp = f"v=0\r\n{repeated}{tcp}a=end-of-candidates\r\n"
    assert [str(one) for one in candidates_of(sdp)] == ["192.0.2.7:3478/udp", "192.0.2.7:9/tcp"]


@pytest.mark.parametrize(
    ("session", "sound"),
    [
        ({"type": "transcription", "audio": {"input": {}}}, True),
        ({"type": "realtime", "audio": {}}, True),
        ({"modalities": ["text"], "input_audio_format": "pcm16"}, False),
        ({"type": "transcription"}, False),
        ({}, False),
    ],
)
def test_a_session_has_the_shape_of_its_api(session: dict[str, Any], sound: bool) -> None:
    """GA sessions have a type and audio; anything else is a complaint that names what was seen."""
    created = SessionCreated(type="session.created", session=session)
    if sound:
        check_shape(created)
        return
    with pytest.raises(Complaint) as caught:
        check_shape(created)
    assert caught.value.symptom == "beta-shape"
