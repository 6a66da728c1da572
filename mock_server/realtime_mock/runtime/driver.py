"""The asyncio driver: feeds a session, carries out its effects, and owns its one timer.

It knows the three members of a session and a wire to speak on, and nothing of either's inside. It is
what a transport calls back: see ``transports.peer.CallHandler``.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Protocol

import structlog

from realtime_mock.journal.record import Journal, Record
from realtime_mock.protocol.catalogue import catalogue, refuse
from realtime_mock.protocol.ids import IdSource
from realtime_mock.protocol.wire import encode
from realtime_mock.runtime.clock import Clock, Timer
from realtime_mock.session.contract import (
    AudioIn,
    ClientEvent,
    Close,
    Closed,
    Effect,
    Emit,
    Event,
    Inbound,
    Listen,
    Machine,
    Note,
    Opened,
    Traits,
)

log = structlog.get_logger("realtime_mock.call")

SERVER_ERROR_CLOSE = 1011  # RFC 6455 7.4.1: an unexpected condition


_FRAME_KEPT = 4096  # characters


class Wire(Protocol):
    """Where events leave. A wire that is gone ignores both."""

    def send(self, text: str) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


class Ear(Protocol):
    """Scores windows of sound; ``audio.activity.ActivityDetector`` is one."""

    def feed(self, pcm: bytes) -> tuple[float, ...]: ...


def _shown(frame: str | bytes) -> str:
    """A frame as the journal keeps it: sound makes frames of a megabyte, and nobody reads them."""
    if isinstance(frame, bytes):
        return f"({len(frame)} bytes)"
    rest = len(frame) - _FRAME_KEPT
    return frame if rest <= 0 else f"{frame[:_FRAME_KEPT]}… (and {rest} characters)"


def _listen() -> Ear:
    # numpy comes with the first sample, not before.
    from realtime_mock.audio.activity import ActivityDetector

    return ActivityDetector()


class Driver:
    """Drives one session.

    Args:
        call: the call's id, for the journal.
        traits: how the transport differs.
        on_end: is called once, when the transport is gone.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        call: str,
        traits: Traits,
        clock: Clock,
        journal: Journal,
        ids: IdSource,
        on_end: Callable[[], None],
    ) -> None:
        self._machine = machine
        self._call = call
        self._traits = traits
        self._clock = clock
        self._journal = journal
        self._ids = ids
        self._on_end = on_end
        self._wire: Wire | None = None
        self._ear: Ear | None = None
        self._timer: Timer | None = None
        self._ended = False

    # -- what a transport calls --------------------------------------------------------------------

    def channel_opened(self, wire: Wire) -> None:
        """The client's event channel is open."""
        self._wire = wire
        self._feed(Opened(self._traits), self._note("channel.opened"))

    def message(self, frame: str | bytes) -> None:
        """One message of the client."""
        self._feed(ClientEvent(frame), self._note("client.event", frame=_shown(frame)))

    @property
    def listening(self) -> bool:
        """Whether sound is heard. What comes before the channel is open is not (inferred)."""
        return self._wire is not None and not self._ended

    def audio(self, pcm: bytes) -> None:
        """Sound: s16le, 24 kHz, mono."""
        if not self.listening:
            return
        if self._ear is None:
            self._ear = _listen()
        self._feed(AudioIn(len(pcm) // 2, self._ear.feed(pcm)), None)

    def ended(self, reason: str) -> None:
        """The transport is gone; nothing is sent any more."""
        if self._ended:
            return
        self._ended = True
        self._note("call.ended", reason=reason)
        log.info("call ended", call=self._call, reason=reason)
        self._machine.feed(Closed(reason), self._clock.now())
        self._arm()
        self._on_end()

    # -- inside --------------------------------------------------------------------------------------

    def _note(self, what: str, cause: Record | None = None, **data: object) -> Record:
        return self._journal.note(self._clock.now(), what, call=self._call, cause=cause, **data)

    def _feed(self, inbound: Inbound, cause: Record | None) -> None:
        if self._ended:
            return
        try:
            self._perform(self._machine.feed(inbound, self._clock.now()), cause)
        except Exception:
            self._fault()
        self._arm()

    def _wake(self) -> None:
        self._timer = None
        if self._ended:
            return
        try:
            self._perform(self._machine.wake(self._clock.now()), None)
        except Exception:
            self._fault()
        self._arm()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self._machine.deadline
        if deadline is not None and not self._ended:
            self._timer = self._clock.call_at(deadline, self._wake)

    def _perform(self, effects: list[Effect], cause: Record | None) -> None:
        for effect in effects:
            match effect:
                case Emit(event):
                    self._emit(event, cause)
                case Listen(pcm):
                    self.audio(pcm)
                case Close(code, reason):
                    self._close(code, reason, cause)
                case Note(text, error):
                    self._explain(text, error, cause)

    def _emit(self, event: Event, cause: Record | None) -> None:
        self._note("server.event", cause, event=event)
        if self._wire:
            self._wire.send(encode(event))

    def _close(self, code: int, reason: str, cause: Record | None) -> None:
        self._note("server.close", cause, code=code, reason=reason)
        if self._wire:
            self._wire.close(code, reason)

    def _explain(self, text: str, error: str | None, cause: Record | None) -> None:
        self._note("note", cause, text=text, error=error)
        if error:
            log.warning("refused an event", error=error, confidence=catalogue()[error].confidence, what=text)

    def _fault(self) -> None:
        """A raise in a session is our bug: visible to the client, to the journal, and to the log."""
        trace = traceback.format_exc()
        cause = self._note("fault", traceback=trace)
        log.error("a fault in realtime-mock; please report it", call=self._call, traceback=trace)
        error = refuse("event.server_error").event_error(None)
        now = self._clock.now()
        self._emit({"type": "error", "event_id": self._ids.make("event", now), "error": error}, cause)
        self._close(SERVER_ERROR_CLOSE, "server_error", cause)
