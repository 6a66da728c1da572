"""Everything that the SDK raises on purpose.

May live here: exception classes. The tree::

    RealtimeError
    ├── ConfigurationError          the caller's side: no key, no such URL, a setting that cannot be
    ├── AudioError                  a source of sound that cannot be read
    ├── RequestError                an HTTP request that did not get what it asked for
    │   ├── MintError               ... for a client secret
    │   └── SdpError                ... for an SDP answer
    ├── ConnectError                a step on the way to the first event failed (``phase`` names it)
    │   ├── IdentityError           ... because the certificate is not the one that the answer announced
    │   └── PhaseTimeout            ... or took too long (also a TimeoutError)
    └── ConnectionLost              it was connected, and is no more
        └── SessionClosed           ... because it was closed on this side

A refused client event is no exception: it arrives as :class:`~realtime_client.events.ErrorEvent`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from realtime_client.events import ErrorEvent, Event
    from realtime_client.explain import Explanation
    from realtime_client.facts import RequestFacts

Phase = Literal["mint", "SDP", "ICE", "DTLS", "channel", "first event"]
"""The steps from a key to the first event, in their order."""


class RealtimeError(Exception):
    """The root of the tree."""


class ConfigurationError(RealtimeError):
    """The request could not even be made; the message says what to change."""


class AudioError(RealtimeError):
    """The sound could not be read; the message names the file and the reason."""


class RequestError(RealtimeError):
    """An HTTP request failed.

    ``request``: what the SDK sent, without the key. ``status``: the HTTP status, None when no answer came.
    ``body``: the answer's text. ``request_id``: for OpenAI's support. ``explanation``: likely causes.
    """

    def __init__(
        self,
        happened: str,
        *,
        request: RequestFacts,
        status: int | None = None,
        body: str = "",
        request_id: str | None = None,
        explanation: Explanation | None = None,
    ) -> None:
        self.happened = happened
        self.request = request
        self.status = status
        self.body = body
        self.request_id = request_id
        self.explanation = explanation
        super().__init__(happened)

    def __str__(self) -> str:
        lines = [self.happened, f"  request: {self.request}"]
        if self.request_id:
            lines.append(f"  request id: {self.request_id}")
        if self.body:
            lines.append(f"  body: {' '.join(self.body.split())[:500]}")
        if self.explanation is not None:
            lines.extend(f"  {line}" for line in str(self.explanation).splitlines())
        return "\n".join(lines)


class MintError(RequestError):
    """No client secret came."""


class SdpError(RequestError):
    """No SDP answer came. Whatever came instead was not given to the peer connection."""


class ConnectError(RealtimeError):
    """Getting connected failed in ``phase``.

    ``event`` is what the server said instead of what was expected, when it said anything.
    """

    def __init__(self, phase: Phase, message: str, *, event: Event | None = None) -> None:
        self.phase = phase
        self.event = event
        super().__init__(f"{phase}: {message}")


class IdentityError(ConnectError):
    """The handshake was with somebody else than the answer announced: the certificate is another one."""


class PhaseTimeout(ConnectError, TimeoutError):
    """``phase`` took longer than its limit of ``seconds``. See :class:`~realtime_client.config.Timeouts`."""

    def __init__(self, phase: Phase, seconds: float, state: str = "") -> None:
        self.seconds = seconds
        super().__init__(phase, f"not done after {seconds:g} s" + (f"; {state}" if state else ""))


class ConnectionLost(RealtimeError):
    """The connection ended while the session was in use.

    ``last_error`` is the newest error event of the session, if any: the server often says why before it goes.
    """

    def __init__(self, message: str, last_error: ErrorEvent | None = None) -> None:
        self.last_error = last_error
        if last_error is not None:
            message += f" (last error: {last_error.code or last_error.error_type}: {last_error.message})"
        super().__init__(message)


class SessionClosed(ConnectionLost):
    """The session was closed on this side, and cannot be used any more."""
