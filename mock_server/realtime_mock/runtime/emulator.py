"""The emulator: everything of one server but its wires. What a request may ask for is a method here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import structlog

from realtime_mock.journal.record import Journal
from realtime_mock.protocol.eras import Era, eras
from realtime_mock.protocol.ids import IdSource
from realtime_mock.protocol.sessions import Config, Dialect, Kind, shape
from realtime_mock.runtime.clock import Clock, RealClock
from realtime_mock.runtime.driver import Driver
from realtime_mock.runtime.keys import KeyRing
from realtime_mock.runtime.scenarios import Scenarios
from realtime_mock.runtime.settings import Settings
from realtime_mock.session.contract import Traits
from realtime_mock.session.session import Session
from realtime_mock.session.state import Setup

log = structlog.get_logger("realtime_mock.call")


Transport = Literal["webrtc", "websocket"]

_TRAITS: dict[Transport, Traits] = {"webrtc": Traits("track"), "websocket": Traits("inline")}


class Peer(Protocol):
    """The transport's end of a call."""

    def close(self, reason: str) -> None: ...

    async def wait_closed(self) -> None: ...


@dataclass(slots=True)
class Call:
    """A call that is going on: a session, and its transport once that has answered.

    A WebSocket has no call id in the API; here it goes by its session's.
    """

    id: str
    over: Transport
    driver: Driver
    peer: Peer | None = None


class Emulator:
    """One server's state: era, clock, journal, keys, scenarios, calls."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, journal: Journal | None = None
    ) -> None:
        self.settings = settings
        self.era: Era = eras()[settings.era]
        self.clock: Clock = clock or RealClock()
        self.journal = journal or Journal()
        self.ids = IdSource(settings.seed, "server")
        self.scenarios = Scenarios(settings.scenario)
        self.keys = KeyRing(settings.api_keys, self.scenarios, self.clock, self.ids)
        self._calls: dict[str, Call] = {}
        self._sessions = 0
        self._warned_retired = False

    def open_call(
        self, dialect: Dialect, kind: Kind, config: Config, scenario: str, *, over: Transport
    ) -> Call:
        """A new call with a session that waits for its channel to open."""
        self._sessions += 1
        now = self.clock.now()
        ids = IdSource(self.settings.seed, f"session/{self._sessions}")
        setup = Setup(
            shape=shape(dialect, kind),
            config=config,
            session_id=ids.make("sess", now),
            created=now,
            lifetime_s=self.era.session_s,
            transcript_usage=self.era.transcript_usage,
        )
        call_id = self.ids.call_id(now) if over == "webrtc" else setup.session_id
        driver = Driver(
            Session(setup, self.scenarios.director(scenario), ids),
            call=call_id,
            traits=Traits(audio_out="track"),
            clock=self.clock,
            journal=self.journal,
            ids=ids,
            on_end=partial(self._forget, call_id),
        )
        call = self._calls[call_id] = Call(call_id, over, driver)
        self.journal.note(
            now,
            "call.opened",
            call=call_id,
            session=setup.session_id,
            over=over,
            dialect=dialect,
            kind=kind,
            scenario=scenario,
        )
        log.info("call opened", call=call_id, over=over, dialect=dialect, kind=kind, scenario=scenario)
        return call

    def _forget(self, call_id: str) -> None:
        del self._calls[call_id]

    def call(self, call_id: str) -> Call | None:
        """The WebRTC call that goes by this id, while it is going on; a WebSocket cannot be asked for."""
        call = self._calls.get(call_id)
        return call if call and call.over == "webrtc" else None

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are going on."""
        return tuple(self._calls.values())

    def retired_surface_used(self, path: str) -> None:
        """Warn, once, that the live API refuses what was just asked for."""
        if not self._warned_retired:
            self._warned_retired = True
            log.warning("the live API refuses this surface since 2026-05-12", path=path)
