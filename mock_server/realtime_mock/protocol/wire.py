"""JSON as it stands on the wire: compact, UTF-8, and never an exception."""

from __future__ import annotations

import json
from math import isinf
from typing import Any


def encode(value: Any, *, indent: int | None = None) -> str:
    """``value`` as JSON text. A lone surrogate, which a client may send escaped, becomes ``?``."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def decode(text: str | bytes) -> Any:
    """The JSON value in ``text``. Raises ValueError, and nothing else, for what is not JSON."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError("number out of range")
    return number


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
