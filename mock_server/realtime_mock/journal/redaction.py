"""Keys never reach a log or a journal in full."""

from __future__ import annotations

import re
from typing import Any

_KEY = re.compile(r"\b(sk-(?:proj-|mock-)?|ek_)[A-Za-z0-9_.\-]{4,}")


def redact_text(text: str) -> str:
    """``text`` with every API key and ephemeral key cut after its prefix and first characters."""
    return _KEY.sub(lambda match: f"{match[0][: len(match[1]) + 4]}…", text)


def redact(value: Any) -> Any:
    """``value`` with every string in it redacted, however deep it stands."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {key: redact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value
