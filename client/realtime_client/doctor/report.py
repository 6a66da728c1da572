"""What is examined, and what was found. May live here: frozen data, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from realtime_client.connector import TransportName
from realtime_client.explain import Explanation

DEFAULT_MODEL = "gpt-4o-mini-transcribe"
DEFAULT_SECONDS = 10.0

STEPS: Mapping[TransportName, tuple[str, ...]] = {
    "webrtc": ("key", "mint", "SDP", "ICE", "DTLS", "channel", "first event", "shape", "beep", "close"),
    "websocket": ("key", "mint", "WebSocket", "first event", "shape", "beep", "close"),
}
"""The way in its steps. Those between the key and the shape are the SDK's own phases."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the doctor goes, and with what.

    ``api_key``: an API key, or an ephemeral one (``ek_…``, then nothing is minted); None when there is none.
    ``timeout``: seconds for each step. ``model``: a transcription model; nothing is transcribed.
    """

    base_url: str
    api_key: str | None = field(repr=False)
    model: str = DEFAULT_MODEL
    transport: TransportName = "webrtc"
    timeout: float = DEFAULT_SECONDS


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``ms`` is how long it took, None when it was not reached; ``note`` is what was seen."""

    name: str
    outcome: Literal["passed", "failed", "not reached"]
    ms: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All steps in their order; ``explanation`` says why it stopped, None when nothing is wrong."""

    target: Target
    steps: tuple[Step, ...]
    explanation: Explanation | None = None

    @property
    def healthy(self) -> bool:
        """Whether every step was passed."""
        return self.explanation is None

    @property
    def stopped_at(self) -> str | None:
        """The name of the step that failed."""
        return next((step.name for step in self.steps if step.outcome == "failed"), None)
