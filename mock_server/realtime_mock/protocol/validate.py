"""The validator: the first thing that is wrong with a value, in OpenAI's words. It knows no error catalogue.

The order of the checks inside one object is that of the platform:

1. the tag that says which object it is (``session.type``): absent, of a wrong type, or not supported
2. a required key that is absent. So a flat beta session in a GA update is "Missing required parameter:
   'session.type'." and not an unknown key (observed-partial, GA, 2026)
3. a key that is not known, the first in the order of the document
4. the values, in the order of the schema, each with its own object first

2 before 3 before 4 was measured on the platform's Chat Completions endpoint, public capture, 2026-08-30,
and agrees with every capture of the Realtime API; that the Realtime API does the same is inferred, and so
is the order inside 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from realtime_mock.protocol.schema import (
    Anything,
    Array,
    Choice,
    Flag,
    Kind,
    Map,
    Null,
    Number,
    Object,
    Shape,
    Tagged,
    Text,
    shape_of,
)
from realtime_mock.protocol.wording import ARTICLED, all_of, expectation, figure, listed


class ViolationKind(StrEnum):
    """What can be wrong. The names are OpenAI's codes, where it has one of its own for the kind."""

    UNKNOWN_PARAMETER = "unknown_parameter"
    MISSING_REQUIRED_PARAMETER = "missing_required_parameter"
    INVALID_TYPE = "invalid_type"
    INVALID_VALUE = "invalid_value"
    SINGLE_VALUE = "single_value"
    UNSUPPORTED_COMBINATION = "unsupported_combination"
    PATTERN_MISMATCH = "pattern_mismatch"
    STRING_ABOVE_MAX_LENGTH = "string_above_max_length"
    ARRAY_ABOVE_MAX_LENGTH = "array_above_max_length"
    OBJECT_ABOVE_MAX_PROPERTIES = "object_above_max_properties"
    PROPERTY_NAME_ABOVE_MAX_LENGTH = "property_name_above_max_length"
    INTEGER_BELOW_MIN_VALUE = "integer_below_min_value"
    INTEGER_ABOVE_MAX_VALUE = "integer_above_max_value"
    DECIMAL_BELOW_MIN_VALUE = "decimal_below_min_value"
    DECIMAL_ABOVE_MAX_VALUE = "decimal_above_max_value"
    HINT_NOT_SUPPORTED = "hint_not_supported"
    TURN_DETECTION_NOT_SUPPORTED = "turn_detection_not_supported"

    @property
    def code(self) -> str:
        """OpenAI's ``code`` for this kind."""
        return "invalid_value" if self in _INVALID_VALUES else self.value


_INVALID_VALUES = frozenset(
    {
        ViolationKind.SINGLE_VALUE,
        ViolationKind.UNSUPPORTED_COMBINATION,
        ViolationKind.PATTERN_MISMATCH,
        ViolationKind.HINT_NOT_SUPPORTED,
        ViolationKind.TURN_DETECTION_NOT_SUPPORTED,
    }
)

# Seen on the Realtime API, beta or GA: unknown_parameter, missing_required_parameter, invalid_type,
# invalid_value, single_value, unsupported_combination, string_above_max_length (all observed-verbatim) and
# integer_below_min_value (observed-partial). The others are the platform's, seen on its other endpoints, and
# inferred for Realtime.
_MESSAGES = {
    ViolationKind.UNKNOWN_PARAMETER: "Unknown parameter: '{param}'.",
    ViolationKind.MISSING_REQUIRED_PARAMETER: "Missing required parameter: '{param}'.",
    ViolationKind.INVALID_TYPE: "Invalid type for '{param}': expected {expected}, but got {got} instead.",
    ViolationKind.INVALID_VALUE: "Invalid value: '{got}'. Supported values are: {expected}.",
    ViolationKind.SINGLE_VALUE: "Invalid value: '{got}'. Value must be {expected}.",
    ViolationKind.UNSUPPORTED_COMBINATION: (
        "Invalid modalities: {got}. Supported combinations are: {expected}."
    ),
    ViolationKind.PATTERN_MISMATCH: (
        "Invalid '{param}': string does not match pattern. "
        "Expected a string that matches the pattern '{expected}'."
    ),
    ViolationKind.STRING_ABOVE_MAX_LENGTH: (
        "Invalid '{param}': string too long. Expected a string with maximum length {expected}, "
        "but got a string with length {got} instead."
    ),
    ViolationKind.ARRAY_ABOVE_MAX_LENGTH: (
        "Invalid '{param}': array too long. Expected an array with maximum length {expected}, "
        "but got an array with length {got} instead."
    ),
    ViolationKind.OBJECT_ABOVE_MAX_PROPERTIES: (
        "Invalid '{param}': too many properties. Expected an object with at most {expected} properties, "
        "but got an object with {got} properties instead."
    ),
    ViolationKind.PROPERTY_NAME_ABOVE_MAX_LENGTH: (
        "Invalid property name in '{within}': '{name}' is too long. "
        "Expected a string with maximum length {expected}, but got a string with length {got} instead."
    ),
    ViolationKind.INTEGER_BELOW_MIN_VALUE: (
        "Invalid '{param}': integer below minimum value. "
        "Expected a value >= {expected}, but got {got} instead."
    ),
    ViolationKind.INTEGER_ABOVE_MAX_VALUE: (
        "Invalid '{param}': integer above maximum value. "
        "Expected a value <= {expected}, but got {got} instead."
    ),
    ViolationKind.DECIMAL_BELOW_MIN_VALUE: (
        "Invalid '{param}': decimal below minimum value. "
        "Expected a value >= {expected}, but got {got} instead."
    ),
    ViolationKind.DECIMAL_ABOVE_MAX_VALUE: (
        "Invalid '{param}': decimal above maximum value. "
        "Expected a value <= {expected}, but got {got} instead."
    ),
    ViolationKind.HINT_NOT_SUPPORTED: "The '{name}' parameter is not supported for this model.",
    ViolationKind.TURN_DETECTION_NOT_SUPPORTED: (
        "Turn detection is not supported for this transcription model."
    ),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: ``code``, ``message`` and ``param`` as OpenAI says them."""

    kind: ViolationKind
    code: str
    message: str
    param: str

    @classmethod
    def of(cls, kind: ViolationKind, param: str, **values: object) -> Violation:
        """The violation of this kind at ``param``; ``values`` fill its message."""
        return cls(kind, kind.code, _MESSAGES[kind].format(param=param, **values), param)


def validate(root: str, value: object, at: str = "") -> Violation | None:
    """The first thing wrong with ``value`` as ``root``, or None.

    ``root`` is a root of :mod:`~realtime_mock.protocol.schema`, for example ``ga.mint`` or
    ``beta.client.session.update``. ``at`` is the path of the value where it is part of something larger
    (``session``), and stands before every ``param``. ``value`` is any JSON value: none makes it raise, but a
    root that is not in the schema is a KeyError.
    """
    return _check(shape_of(root), value, at)


def kind_of(value: object) -> Kind:
    """The kind of a JSON value. Raises TypeError for what JSON has not."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            raise TypeError(f"{type(value).__name__} is no JSON value")


def _check(shape: Shape, value: Any, at: str) -> Violation | None:
    """As deep as the schema, not as the value: what the schema does not describe is not entered."""
    kind = kind_of(value)
    match shape, kind:
        case (Anything(), _) | (Null(), "null") | (Flag(), "boolean"):
            return None
        case Choice(), _ if kind in shape.by_kind:
            return _check(shape.by_kind[kind], value, at)
        case Text(), "string":
            return _text(shape, value, at)
        case (Number(integer=True), "integer") | (Number(integer=False), "integer" | "number"):
            return _number(shape, value, at)
        case Array(), "array":
            return _array(shape, value, at)
        case Map(), "object":
            return _map(shape, value, at)
        case Object(), "object":
            return _object(shape, value, at)
        case Tagged(), "object":
            return _tagged(shape, value, at)
    return Violation.of(ViolationKind.INVALID_TYPE, at, expected=expectation(shape), got=ARTICLED[kind])


def _text(shape: Text, value: str, at: str) -> Violation | None:
    if shape.values and value not in shape.values:
        return _unsupported(shape.values, value, at)
    if shape.max_length is not None and len(value) > shape.max_length:
        return Violation.of(
            ViolationKind.STRING_ABOVE_MAX_LENGTH, at, expected=shape.max_length, got=len(value)
        )
    if shape.pattern is not None and not re.fullmatch(shape.pattern, value):
        return Violation.of(ViolationKind.PATTERN_MISMATCH, at, expected=shape.pattern)
    return None


def _unsupported(values: tuple[str, ...], value: str, at: str) -> Violation:
    kind = ViolationKind.SINGLE_VALUE if len(values) == 1 else ViolationKind.INVALID_VALUE
    return Violation.of(kind, at, got=value, expected=all_of(values))


def _number(shape: Number, value: float, at: str) -> Violation | None:
    below, above = (
        (ViolationKind.INTEGER_BELOW_MIN_VALUE, ViolationKind.INTEGER_ABOVE_MAX_VALUE)
        if shape.integer
        else (ViolationKind.DECIMAL_BELOW_MIN_VALUE, ViolationKind.DECIMAL_ABOVE_MAX_VALUE)
    )
    if shape.minimum is not None and value < shape.minimum:
        return Violation.of(below, at, expected=figure(shape.minimum), got=figure(value))
    if shape.maximum is not None and value > shape.maximum:
        return Violation.of(above, at, expected=figure(shape.maximum), got=figure(value))
    return None


def _array(shape: Array, value: list[Any], at: str) -> Violation | None:
    if shape.max_items is not None and len(value) > shape.max_items:
        return Violation.of(
            ViolationKind.ARRAY_ABOVE_MAX_LENGTH, at, expected=shape.max_items, got=len(value)
        )
    for index, item in enumerate(value):
        if violation := _check(shape.items, item, f"{at}[{index}]"):
            return violation
    if shape.combinations and not any(set(value) == set(names) for names in shape.combinations):
        supported = [listed(names) for names in shape.combinations]
        return Violation.of(
            ViolationKind.UNSUPPORTED_COMBINATION, at, got=listed(value), expected=" and ".join(supported)
        )
    return None


def _map(shape: Map, value: dict[str, Any], at: str) -> Violation | None:
    if shape.max_properties is not None and len(value) > shape.max_properties:
        return Violation.of(
            ViolationKind.OBJECT_ABOVE_MAX_PROPERTIES, at, expected=shape.max_properties, got=len(value)
        )
    for key, part in value.items():
        param = _under(at, key)
        if shape.max_name_length is not None and len(key) > shape.max_name_length:
            return Violation.of(
                ViolationKind.PROPERTY_NAME_ABOVE_MAX_LENGTH,
                param,
                within=at,
                name=f"{key[:3]}...{key[-3:]}",
                expected=shape.max_name_length,
                got=len(key),
            )
        if violation := _check(shape.values, part, param):
            return violation
    return None


def _object(shape: Object, value: dict[str, Any], at: str) -> Violation | None:
    for key in shape.required:
        if key not in value:
            return Violation.of(ViolationKind.MISSING_REQUIRED_PARAMETER, _under(at, key))
    for key in value:
        if key not in shape.properties:
            return Violation.of(ViolationKind.UNKNOWN_PARAMETER, _under(at, key))
    for key, part in shape.properties.items():
        if key in value and (violation := _check(part, value[key], _under(at, key))):
            return violation
    return None


def _tagged(shape: Tagged, value: dict[str, Any], at: str) -> Violation | None:
    param = _under(at, shape.tag)
    if shape.tag not in value:
        return Violation.of(ViolationKind.MISSING_REQUIRED_PARAMETER, param)
    tag = value[shape.tag]
    if violation := _check(Text(tuple(shape.branches)), tag, param):
        return violation
    return _check(shape.branches[tag], value, at)


def _under(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key
