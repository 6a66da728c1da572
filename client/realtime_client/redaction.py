"""Keys are taken out of every text that is kept or logged.

May live here: the one function that does it. It is for what a person reads, never for what the program uses.
"""

from __future__ import annotations

import re

_KEY_LIKE = re.compile(r"\b(?:sk|ek)[-_][A-Za-z0-9_-]{8,}")
"""What has the form of an API key (``sk-``) or of an ephemeral key (``ek_``); a masked one has not."""


def without_keys(text: str, *keys: str) -> str:
    """``text`` with each of ``keys``, and whatever else looks like a key, replaced by ``<key>``."""
    for key in keys:
        text = text.replace(key, "<key>")
    return _KEY_LIKE.sub("<key>", text)
