"""From what the validator found to what is answered: entries of the catalogue, filled in."""

from __future__ import annotations

from functools import cache

from realtime_mock.protocol.catalogue import Refusal, refuse
from realtime_mock.protocol.data import load_yaml
from realtime_mock.protocol.schema import roots
from realtime_mock.protocol.validate import Violation, ViolationKind
from realtime_mock.protocol.wording import all_of

_ENTRIES = {
    ViolationKind.UNKNOWN_PARAMETER: "request.unknown_parameter",
    ViolationKind.MISSING_REQUIRED_PARAMETER: "request.missing_required_parameter",
    ViolationKind.INVALID_TYPE: "request.invalid_type",
    ViolationKind.INVALID_VALUE: "request.invalid_value",
    ViolationKind.SINGLE_VALUE: "request.invalid_value",
    ViolationKind.UNSUPPORTED_COMBINATION: "request.invalid_value",
    ViolationKind.PATTERN_MISMATCH: "request.invalid_value",
    ViolationKind.HINT_NOT_SUPPORTED: "request.hint_not_supported",
    ViolationKind.TURN_DETECTION_NOT_SUPPORTED: "request.turn_detection_not_supported",
}


def refusal_for(violation: Violation) -> Refusal:
    """The catalogue's entry for a violation; every limit (range, length) shares one entry."""
    return refuse(
        _ENTRIES.get(violation.kind, "request.limit_exceeded"),
        code=violation.code,
        message=violation.message,
        param=violation.param,
    )


@cache
def _listed(dialect: str) -> tuple[str, ...]:
    """The client events of a dialect, in the order in which the API lists them."""
    return tuple(load_yaml("client_events.yaml")[dialect])


def is_client_event(dialect: str, given: object) -> bool:
    """Whether the API knows a client event of this type; a few that it knows it does not list."""
    return isinstance(given, str) and (given in _listed(dialect) or f"{dialect}.client.{given}" in roots())


def unknown_type(dialect: str, given: object) -> Refusal:
    """The refusal of a client event whose type the API does not know (observed-verbatim, 2026-09-18)."""
    message = f"Invalid value: '{given}'. Supported values are: {all_of(_listed(dialect))}."
    return refuse("request.invalid_value", message=message, param="type")
