"""A transcript in parts: how its text is cut into deltas, and what it costs. Pure functions."""

from __future__ import annotations

import re
from math import ceil
from typing import Any

from realtime_mock.protocol.models import Model

_PIECE = re.compile(r"\s*[\w'’]+|\s*[^\w\s]+|\s+")


def pieces(text: str) -> list[str]:
    """Word pieces with the space before them, punctuation apart; joined they are ``text`` again.

    ``Hello from the Gateway Probe.`` comes in six, as in the capture of 2026-09-18 (the rule is
    inferred: the real cut is that of a tokenizer).
    """
    return _PIECE.findall(text)


def spoken(text: str, model: Model) -> tuple[str, list[str]]:
    """The transcript as ``model`` gives it, and the deltas in which it comes."""
    if not text:
        return "", []
    if model.rhythm == "whole":
        return f"{text}\n", [f"{text}\n"]
    return text, pieces(text)


def usage(model: Model, text: str, prompt: str | None, audio_ms: int) -> dict[str, Any]:
    """The ``usage`` of a completed transcript.

    Tokens: ten for each second of sound (16 for 1.63 s), those of the prompt, and two more than the
    pieces of the text (8 for six). The keys are observed-verbatim, 2026-09-18; the counts for other
    texts are inferred. Duration: seconds of sound, rounded up (measured, 2026-10-06).
    """
    if model.usage == "duration":
        return {"type": "duration", "seconds": ceil(audio_ms / 1000)}
    text_tokens, audio_tokens = len(pieces(prompt or "")), round(audio_ms / 100)
    output_tokens = len(pieces(text)) + 2 if text else 0
    return {
        "type": "tokens",
        "total_tokens": text_tokens + audio_tokens + output_tokens,
        "input_tokens": text_tokens + audio_tokens,
        "input_token_details": {"text_tokens": text_tokens, "audio_tokens": audio_tokens},
        "output_tokens": output_tokens,
    }
