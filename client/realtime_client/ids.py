"""Names for what the client sends. May live here: how an ``event_id`` is made."""

from __future__ import annotations

import secrets


def new_event_id() -> str:
    """An ``event_id`` that is not used twice."""
    return f"evt_{secrets.token_hex(10)}"
