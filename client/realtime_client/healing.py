"""Which failures can heal by trying again, and which cannot.

May live here: the judgement, as tables and pure functions. The numbers and codes are OpenAI's.
"""

from __future__ import annotations

from realtime_client.errors import (
    ConnectError,
    ConnectionLost,
    IdentityError,
    PhaseTimeout,
    RequestError,
    SessionRefused,
)
from realtime_client.events import ErrorEvent
from realtime_client.refusals import ErrorBody

_STATUSES = frozenset({408, 409, 429})
"""Statuses below 500 that are about the moment; the others are about the request."""

_FINAL_CLOSE_CODES = frozenset({3000, 4000, 4004})
"""The key, the request, the model (observed-verbatim for 3000 and 4000, observed-partial for 4004)."""

_ACCOUNT_CODES = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "billing_hard_limit_reached",
        "account_deactivated",
        "invalid_api_key",
    }
)
"""Codes, or types, that stay until a person does something for the account. No credit comes with a close code
that otherwise means "try again later" (1013, observed-verbatim), so these decide, not the close."""

_PASSING_CODES = frozenset({"session_expired", "rate_limit_exceeded"})
"""Codes that pass, whatever their type says (observed-verbatim, observed-partial)."""


def heals(error: Exception) -> bool:
    """Whether another attempt may succeed where this failed."""
    match error:
        case RequestError():
            return _request_heals(error)
        case SessionRefused():
            return error.close_code not in _FINAL_CLOSE_CODES and _refusal_heals(error.event)
        case PhaseTimeout():
            return True
        case IdentityError():
            return False
        case ConnectError():
            return error.phase != "SDP"  # an answer that cannot be used is the same the next time
        case ConnectionLost():
            # Other errors within a session are each about one event, and the end has another cause.
            of_account = error.last_error is not None and _of_account(error.last_error)
            return error.close_code not in _FINAL_CLOSE_CODES and not of_account
        case _:
            return False


def key_was_refused(error: RequestError | SessionRefused) -> bool:
    """Whether the server said that it does not know the key (or not any more)."""
    if isinstance(error, RequestError):
        return error.status == 401
    return error.close_code == 3000 or error.event.code == "invalid_api_key"


def _request_heals(error: RequestError) -> bool:
    if error.status is None:
        return True
    said = ErrorBody.of(error.body)
    if said.code in _ACCOUNT_CODES or said.type in _ACCOUNT_CODES:
        return False
    return error.status in _STATUSES or error.status >= 500


def _refusal_heals(error: ErrorEvent) -> bool:
    """In place of a session: the request is wrong, unless the error is known to be of another sort."""
    if _of_account(error):
        return False
    return error.error_type != "invalid_request_error" or error.code in _PASSING_CODES


def _of_account(error: ErrorEvent) -> bool:
    return error.code in _ACCOUNT_CODES or error.error_type in _ACCOUNT_CODES
