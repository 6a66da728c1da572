"""From an exception to a symptom: the id of a row in ``findings``.

May live here: the judgement of errors of the SDK and of what the tap saw. What a symptom means, and what to
do about it, is the table's matter.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

import aiohttp

from realtime_client.doctor.tap import Exchange
from realtime_client.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    IdentityError,
    MintError,
    PhaseTimeout,
    RealtimeError,
    RequestError,
    SessionRefused,
    UpgradeError,
)
from realtime_client.events import SessionCreated


class Complaint(RealtimeError):
    """Something that the SDK puts up with and the doctor does not. ``symptom`` names it."""

    def __init__(self, symptom: str, message: str) -> None:
        self.symptom = symptom
        super().__init__(message)


_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL)

_NO_ANSWER: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "no-dns"),
    (aiohttp.ClientConnectorCertificateError, "tls-certificate"),
    (aiohttp.ClientConnectorSSLError, "tls"),
    (aiohttp.ClientConnectorError, "no-way"),
    (aiohttp.ServerDisconnectedError, "hung-up"),
    (ConnectionResetError, "hung-up"),
    (aiohttp.ClientPayloadError, "hung-up"),
    (aiohttp.ClientResponseError, "not-http"),
)
"""What kept an answer from coming; the first that fits, narrow ones first."""

_TIMED_OUT: Mapping[str, str] = {
    "ICE": "unreachable",
    "DTLS": "handshake-silent",
    "channel": "channel-silent",
    "first event": "no-first-event",
}

_FAILED: Mapping[str, str] = {
    "SDP": "bad-sdp",
    "DTLS": "handshake-failed",
    "channel": "channel-closed",
    "first event": "ended-early",
}


def symptom_of(error: RealtimeError, exchange: Exchange) -> str:
    """The symptom that ``error`` shows, given the newest HTTP exchange."""
    match error:
        case Complaint():
            return error.symptom
        case ConfigurationError():
            return "malformed-key"
        case SessionRefused():
            return "refused-by-event"
        case RequestError():
            return _of_request(error, exchange)
        case IdentityError():
            return "identity"
        case ConnectError():
            return _of_connecting(error, exchange)
        case ConnectionLost():
            return "lost-in-use"
        case _:
            return "unknown"


def _of_request(error: RequestError, exchange: Exchange) -> str:
    if error.status is None:
        return _of_silence(error.__cause__)
    if exchange.shape == "html" or (exchange.shape is None and exchange.content_type == "text/html"):
        return "html"
    if 300 <= error.status < 400:
        return "redirect"
    if isinstance(error, MintError) and error.status in (404, 405):
        return "no-mint"
    if error.status >= 300:
        return "refused-by-http"
    if isinstance(error, UpgradeError):
        return "no-upgrade"
    if "client_secret" in exchange.keys:
        return "beta-mint"
    return "no-secret" if error.request.body == "json" else "no-sdp"


def _of_silence(cause: BaseException | None) -> str:
    if isinstance(cause, ConnectionRefusedError) or _errno(cause) == errno.ECONNREFUSED:
        return "refused"
    if _errno(cause) in _UNREACHABLE:
        return "no-route"
    return next((symptom for kind, symptom in _NO_ANSWER if isinstance(cause, kind)), "unknown")


def _errno(error: BaseException | None) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _of_connecting(error: ConnectError, exchange: Exchange) -> str:
    timed_out = isinstance(error, PhaseTimeout)
    if error.event is not None:
        beta = error.event.type == "transcription_session.created"
        return "beta-shape" if beta else "wrong-first-event"
    if timed_out and error.phase in ("mint", "SDP", "WebSocket"):
        return "no-answer-in-time" if exchange.connected else "no-connection-in-time"
    if error.phase == "ICE":
        if not exchange.sdp:
            return "no-address"
        return "unreachable" if "a=candidate:" in exchange.sdp else "no-candidates"
    if error.phase == "DTLS" and "a=fingerprint:" not in exchange.sdp:
        return "no-fingerprint"
    return (_TIMED_OUT if timed_out else _FAILED).get(error.phase, "unknown")


def check_shape(created: SessionCreated) -> None:
    """Hold the first event against the GA shape: ``type``, and ``audio.input`` (observed-verbatim).

    The beta API had ``modalities`` and ``input_audio_transcription`` at the top and no type.
    Raises: Complaint.
    """
    session = created.session
    if not isinstance(session.get("type"), str) or not isinstance(session.get("audio"), dict):
        seen = ", ".join(sorted(session)) or "nothing"
        raise Complaint("beta-shape", f"a GA session has type and audio; this one has: {seen}")
