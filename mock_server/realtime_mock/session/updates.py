"""``session.update`` and ``transcription_session.update``: what they may say, and what they change."""

from __future__ import annotations

from realtime_mock.protocol.catalogue import Refusal, refuse
from realtime_mock.protocol.validate import validate
from realtime_mock.protocol.violations import refusal_for
from realtime_mock.session.contract import Effect, Event, Millis
from realtime_mock.session.state import State


def _kind_named(event: Event, dialect: str) -> object:
    """Which kind of session the event is for: GA says it inside, beta by the event's name."""
    if dialect == "beta":
        return "transcription" if event["type"] == "transcription_session.update" else "realtime"
    session = event.get("session")
    return session.get("type") if isinstance(session, dict) else None


def update(state: State, event: Event, now: Millis) -> list[Effect]:
    """Apply an update, or refuse it whole: a rejected update changes nothing (observed)."""
    given = _kind_named(event, state.dialect)
    if given in ("realtime", "transcription") and given != state.kind:
        return state.error(now, _mismatch(given, state.kind), event)
    if violation := validate(f"{state.dialect}.client.{event['type']}", event):
        return state.error(now, refusal_for(violation), event)
    state.config = state.setup.shape.updated(state.config, event["session"])
    return [state.session_event(now, "updated")]


def _mismatch(given: object, kind: str) -> Refusal:
    return refuse("event.session_type_mismatch", given=given, kind=kind)
