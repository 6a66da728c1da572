"""What a handler is given: one request, the emulator, and the few questions that every handler asks."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from aiohttp import web

from realtime_mock.protocol.catalogue import Refusal, refuse
from realtime_mock.protocol.eras import RETIRED, Surface
from realtime_mock.runtime.emulator import Emulator
from realtime_mock.runtime.keys import Holder, Stranger
from realtime_mock.web import headers

log = structlog.get_logger("realtime_mock.http")


class Refused(Exception):
    """The request is refused; whoever dispatches it renders the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.entry.id)
        self.refusal = refusal


@dataclass(slots=True)
class Context:
    """One request on its way through. ``headers`` are added to whatever is answered."""

    request: web.Request
    emulator: Emulator
    path: str
    parts: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)

    def who(self) -> Holder | Stranger:
        """Whose request this is."""
        given = self.request.headers
        return self.emulator.keys.identify(given.get("Authorization"), given.get(headers.SCENARIO))

    def authenticated(self) -> Holder:
        """Whose request this is. Raises Refused for a stranger."""
        who = self.who()
        if isinstance(who, Stranger):
            raise Refused(who.refusal)
        return who

    def on_surface(self, surface: Surface) -> None:
        """Go on where the surface is served, and say so if it is retired. Raises Refused where it is not."""
        state = self.emulator.era.surfaces[surface]
        if state == "absent":
            raise Refused(refuse("route.absent_in_era", method=self.request.method, path=self.path))
        if state == "disabled":
            raise Refused(refuse("route.beta_api_shape_disabled"))
        if surface == "beta":
            self.mark_retired()

    def mark_retired(self) -> None:
        """Say on the response that the live API now refuses this surface."""
        self.headers[headers.NOTICE] = RETIRED
