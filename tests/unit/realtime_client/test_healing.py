"""Which failures are worth another attempt, and how long the wait before it is."""

from __future__ import annotations

import pytest

from realtime_client import (
    AudioError,
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    ErrorEvent,
    IdentityError,
    MintError,
    PhaseTimeout,
    Reconnect,
    RequestFacts,
    SdpError,
    SessionRefused,
    UpgradeError,
)
from realtime_client.healing import heals

FACTS = RequestFacts("GET", "wss://api.example/v1/realtime")


def said(code: str | None, kind: str = "invalid_request_error") -> ErrorEvent:
    return ErrorEvent(type="error", error={}, code=code, error_type=kind)


def refused(code: str | None, kind: str, close_code: int | None) -> SessionRefused:
    return SessionRefused("first event", said(code, kind), request=FACTS, close_code=close_code)


def answered(status: int | None, body: str = "") -> SdpError:
    return SdpError("?", request=FACTS, status=status, body=body)


QUOTA = '{"error": {"type": "insufficient_quota", "code": "%s"}}'
HEAL = [
    *(answered(status) for status in (None, 408, 409, 429, 500, 502, 503)),
    UpgradeError("?", request=FACTS),
    PhaseTimeout("SDP", 1.0),
    ConnectError("ICE", "?"),
    ConnectError("key", "?"),
    refused("rate_limit_exceeded", "invalid_request_error", None),
    refused(None, "server_error", 1011),
    *(ConnectionLost("?", None, code) for code in (None, 1000, 1001, 1006, 1011, 1013)),
    ConnectionLost("?", said("session_expired"), 1001),
    ConnectionLost("?", said("input_audio_buffer_commit_empty"), 1006),
]
STAY = [
    *(answered(status) for status in (200, 302, 400, 401, 403, 404, 422)),
    answered(429, QUOTA % "insufficient_quota"),
    answered(429, QUOTA % "credit_balance_exhausted"),
    MintError("?", request=FACTS, status=401),
    ConfigurationError("?"),
    AudioError("?"),
    ConnectError("SDP", "?"),
    IdentityError("DTLS", "?"),
    refused("invalid_api_key", "invalid_request_error", 3000),
    refused(None, "invalid_request_error", 3000),
    refused("beta_api_shape_disabled", "invalid_request_error", 4000),
    refused("model_not_found", "invalid_request_error", 4004),
    refused("credit_balance_exhausted", "insufficient_quota", 1013),
    refused("insufficient_quota", "insufficient_quota", None),
    refused("invalid_model", "invalid_request_error", None),
    *(ConnectionLost("?", None, code) for code in (3000, 4000, 4004)),
    ConnectionLost("?", said("credit_balance_exhausted", "insufficient_quota"), 1013),
    ValueError("?"),
]


@pytest.mark.parametrize("error", HEAL, ids=repr)
def test_it_may_heal(error: Exception) -> None:
    """What passes by itself: the network, the moment, the end of a session's time."""
    assert heals(error)


@pytest.mark.parametrize("error", STAY, ids=repr)
def test_it_stays_as_it_is(error: Exception) -> None:
    """What a person has to change: the key, the credit, the model, the request."""
    assert not heals(error)


def test_the_waits_grow_up_to_the_longest() -> None:
    """Without jitter: doubled each time, and bounded, however many attempts there are."""
    policy = Reconnect(first=0.5, factor=2, longest=3, jitter=0)
    assert [policy.delay(attempt) for attempt in (1, 2, 3, 4, 5, 10_000)] == [0.5, 1, 2, 3, 3, 3]


def test_chance_takes_away_its_part() -> None:
    """With jitter 0.5 a wait is between its half and its whole."""
    assert [Reconnect(first=2, chance=lambda c=c: c).delay(1) for c in (0.0, 0.5, 1.0)] == [2.0, 1.5, 1.0]


@pytest.mark.parametrize(
    "numbers", [{"attempts": 0}, {"first": -1}, {"factor": 0.5}, {"jitter": 2}, {"resend": -1}, {"first": 99}]
)
def test_nonsense_is_told(numbers: dict[str, float]) -> None:
    """A policy that cannot be meant is a ConfigurationError at once."""
    with pytest.raises(ConfigurationError, match="no policy"):
        Reconnect(**numbers)  # type: ignore[arg-type]
