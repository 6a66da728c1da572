"""What the server says, as typed values. Pure: a frame in, an event out; it never raises.

May live here: event dataclasses, the table of their wire names, and the lenient reader. A typed event keeps
its promises: every field has the type that is written. A frame that cannot keep them, or whose type this
version does not know, becomes an :class:`UnknownEvent`. The original is always there as ``raw``.

Shapes: GA, observed-verbatim for sessions, speech, commits, items, deltas and completions; documented for
``failed``, ``segment``, ``cleared`` and ``deleted``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import NoneType
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class At:
    """Where on the wire a field stands, when that is not simply its own name. No keys: not on the wire."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has. ``type`` is its name on the wire, ``raw`` the decoded JSON as it came."""

    type: str
    event_id: str | None = None
    raw: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """Something that has no typed form here. ``reason`` says why: a new type, or a surprising shape.

    ``raw`` is the decoded JSON, or the frame itself (str or bytes) when it was no JSON.
    """

    reason: str = "no typed form in this version"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsMissed(Event):
    """Not from the server: ``count`` older events were let go, because nobody read them in time."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconnecting(Event):
    """Not from the server: the connection broke, and attempt number ``attempt`` follows in ``delay`` seconds.

    ``cause`` is what broke it, or what the attempt before this one failed of.
    """

    attempt: int
    delay: float
    cause: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconnected(Event):
    """Not from the server: there is a connection again, with a new session at the server.

    ``resent_ms`` is how much sound was sent a second time, because no transcript had come for it.
    """

    session_id: str | None = None
    resent_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCreated(Event):
    """The first event. ``session`` is the effective configuration."""

    session: dict[str, Any]
    session_id: Annotated[str | None, At(("session", "id"))] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUpdated(Event):
    """An update was applied. ``session`` is the whole effective configuration."""

    session: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Event):
    """The server hears speech; ``audio_start_ms`` counts from the session's first sample."""

    item_id: str
    audio_start_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStopped(Event):
    """The server hears no more speech in this turn."""

    item_id: str
    audio_end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCommitted(Event):
    """The sound so far became the item ``item_id``, which follows ``previous_item_id``."""

    item_id: str
    previous_item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCleared(Event):
    """The sound that was not committed yet was thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded(Event):
    """An item is in the conversation; it may not be complete yet."""

    item_id: Annotated[str, At(("item", "id"))]
    item: dict[str, Any]
    previous_item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDone(ItemAdded):
    """An item is complete. This does not wait for its transcript."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDeleted(Event):
    """An item was taken out of the conversation."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionDelta(Event):
    """More text of an item. Live models send it before the item is committed."""

    item_id: str
    delta: str
    logprobs: list[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionSegment(Event):
    """A piece of a transcript with its speaker and times (seconds), from a diarizing model."""

    item_id: str
    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionCompleted(Event):
    """The whole text of an item. Items may complete in another order than they were spoken."""

    item_id: str
    transcript: str
    usage: dict[str, Any] | None = None
    logprobs: list[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionFailed(Event):
    """An item has no transcript; ``message`` and ``code`` say what the server said about it."""

    item_id: str
    message: Annotated[str | None, At(("error", "message"))] = None
    code: Annotated[str | None, At(("error", "code"))] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEvent(Event):
    """The server refused something, or failed. The session goes on unless it also ends.

    ``caused_by`` is the client event that was refused, as it was sent, when the server named its ``event_id``
    (the beta API did; for GA reports differ) and the session still remembers it.
    """

    error: dict[str, Any]
    message: Annotated[str | None, At(("error", "message"))] = None
    code: Annotated[str | None, At(("error", "code"))] = None
    error_type: Annotated[str | None, At(("error", "type"))] = None
    param: Annotated[str | None, At(("error", "param"))] = None
    client_event_id: Annotated[str | None, At(("error", "event_id"))] = None
    caused_by: Annotated[Mapping[str, Any] | None, At()] = None


TYPED: Mapping[str, type[Event]] = {
    "session.created": SessionCreated,
    "session.updated": SessionUpdated,
    "input_audio_buffer.speech_started": SpeechStarted,
    "input_audio_buffer.speech_stopped": SpeechStopped,
    "input_audio_buffer.committed": AudioCommitted,
    "input_audio_buffer.cleared": AudioCleared,
    "conversation.item.added": ItemAdded,
    "conversation.item.done": ItemDone,
    "conversation.item.deleted": ItemDeleted,
    "conversation.item.input_audio_transcription.delta": TranscriptionDelta,
    "conversation.item.input_audio_transcription.segment": TranscriptionSegment,
    "conversation.item.input_audio_transcription.completed": TranscriptionCompleted,
    "conversation.item.input_audio_transcription.failed": TranscriptionFailed,
    "error": ErrorEvent,
}
"""Wire name to typed form."""


def read_event(frame: str | bytes) -> Event:
    """Read one message of the event channel. Whatever it is, an event comes back."""
    try:
        raw = json.loads(frame)
    except (ValueError, RecursionError) as error:
        return UnknownEvent(type="", raw=frame, reason=f"not JSON: {error}")
    if not isinstance(raw, dict):
        return UnknownEvent(type="", raw=raw, reason="not a JSON object")
    name, event_id = raw.get("type"), raw.get("event_id")
    if not isinstance(name, str):
        return UnknownEvent(type="", raw=raw, reason="no type")
    common: dict[str, Any] = {
        "type": name,
        "event_id": event_id if isinstance(event_id, str) else None,
        "raw": raw,
    }
    kind = TYPED.get(name)
    if kind is None:
        return UnknownEvent(**common)
    return _typed(kind, raw, common)


class _Slot(NamedTuple):
    """One field to be filled: its name, its path on the wire, the JSON type that it must have."""

    name: str
    path: tuple[str, ...]
    kind: type
    required: bool


def _slots_of(kind: type[Event]) -> tuple[_Slot, ...]:
    """Read the fields of an event class, beyond those of every event, from its annotations."""
    hints = get_type_hints(kind, include_extras=True)
    slots = []
    for spec in fields(kind):
        if spec.name in Event.__dataclass_fields__:
            continue
        plain, path = hints[spec.name], (spec.name,)
        if get_origin(plain) is Annotated:
            plain, where = get_args(plain)
            path = where.path
        choices = [choice for choice in get_args(plain) if choice is not NoneType]
        optional = NoneType in get_args(plain)
        wanted = choices[0] if optional else plain
        if path:
            slots.append(_Slot(spec.name, path, get_origin(wanted) or wanted, required=not optional))
    return tuple(slots)


_SLOTS: Mapping[type[Event], tuple[_Slot, ...]] = {kind: _slots_of(kind) for kind in TYPED.values()}
_NAMES: Mapping[type, str] = {str: "a string", dict: "an object"}


def _typed(kind: type[Event], raw: dict[str, Any], common: dict[str, Any]) -> Event:
    """Fill the fields of ``kind`` from the wire; a required one that does not fit gives up."""
    values: dict[str, Any] = {}
    for slot in _SLOTS[kind]:
        found = _fitting(_look_up(raw, slot.path), slot.kind)
        if found is None and slot.required:
            return UnknownEvent(**common, reason=f"{'.'.join(slot.path)} is not {_NAMES[slot.kind]}")
        values[slot.name] = found
    return kind(**common, **values)


def _look_up(raw: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(raw, dict):
            return None
        raw = raw.get(key)
    return raw


def _fitting(value: Any, kind: type) -> Any:
    """``value`` if it is of ``kind``, else None. JSON has one sort of number, and true is not one."""
    if kind in (int, float):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if kind is float:
            return value
        return int(value) if value == value and abs(value) < 2**63 else None
    return value if isinstance(value, kind) else None
