"""The aiohttp application: one way in for every request, and what stands around every answer."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from realtime_mock.protocol.catalogue import Refusal, refuse
from realtime_mock.protocol.explain import header
from realtime_mock.runtime.emulator import Emulator
from realtime_mock.web import headers
from realtime_mock.web.context import Context, Refused
from realtime_mock.web.endpoint import ENDPOINT, LazyEndpoint
from realtime_mock.web.routes import ROUTES, Handler

log = structlog.get_logger("realtime_mock.http")

MAX_BODY = 1 << 20
"""Bytes of a request's body; a mint or an offer is far smaller."""

EMULATOR = web.AppKey("emulator", Emulator)


def create_app(emulator: Emulator) -> web.Application:
    """The application that serves ``emulator``. Its WebRTC endpoint opens with the first offer."""
    app = web.Application(client_max_size=MAX_BODY)
    app[EMULATOR] = emulator
    app[ENDPOINT] = LazyEndpoint(emulator.settings)
    app.cleanup_ctx.append(_calls_end_with_the_server)
    app.router.add_route("*", "/{path:.*}", Dispatch(emulator).answer)
    return app


async def _calls_end_with_the_server(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[ENDPOINT].close()


class Dispatch:
    """Answers a request: finds its handler, renders refusals, and puts the usual headers on."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._warned_retired = False

    async def answer(self, request: web.Request) -> web.Response:
        """Never raises: what goes wrong in a handler is a 500 with the traceback in the log."""
        started = time.monotonic()
        request_id = self._emulator.ids.request_id()
        # Some clients join base and path with two slashes; the API tolerates it (seen on the wire).
        context = Context(request, self._emulator, re.sub("/{2,}", "/", request.path), {})
        if request.method == "OPTIONS":
            response = web.Response(status=204, headers=headers.preflight(request.headers))
        else:
            response = await self._respond(context, request_id)
        response.headers.update(context.headers)
        response.headers.update(headers.usual(request_id, round((time.monotonic() - started) * 1000)))
        self._record(context, response, request_id)
        return response

    async def _respond(self, context: Context, request_id: str) -> web.Response:
        try:
            return await self._handler(context)(context)
        except Refused as refused:
            return self._refused(context, refused.refusal, request_id)
        except web.HTTPRequestEntityTooLarge:
            return self._refused(context, refuse("http.body_too_large", limit=MAX_BODY), request_id)
        except Exception:
            trace = traceback.format_exc()
            log.error("a fault in realtime-mock; please report it", request_id=request_id, traceback=trace)
            return self._refused(context, refuse("http.server_error"), request_id)

    def _handler(self, context: Context) -> Handler:
        here = [(route, parts) for route in ROUTES if (parts := route.match(context.path)) is not None]
        for route, parts in here:
            if route.method == context.request.method:
                context.parts = parts
                return route.handler
        entry = "route.method_not_allowed" if here else "route.unknown"
        raise Refused(refuse(entry, method=context.request.method, path=context.path))

    def _refused(self, context: Context, refusal: Refusal, request_id: str) -> web.Response:
        """The error as the API sends it; the explanation goes beside the body, never into it."""
        entry = refusal.entry
        context.headers[headers.ERROR] = header(refusal)
        self._emulator.journal.note(
            self._emulator.clock.now(),
            "http.refused",
            request=request_id,
            error=entry.id,
            detail=refusal.detail,
        )
        log.warning(
            "refused",
            request=f"{context.request.method} {context.request.path_qs}",
            status=entry.status,
            error=entry.id,
            confidence=entry.confidence,
            what=f"{entry.what} ({refusal.detail})" if refusal.detail else entry.what,
            explain=f"realtime-mock explain {entry.id}",
        )
        return web.Response(
            status=entry.status or 500, body=refusal.body(), headers={"Content-Type": "application/json"}
        )

    def _record(self, context: Context, response: web.Response, request_id: str) -> None:
        request = context.request
        self._emulator.journal.note(
            self._emulator.clock.now(),
            "http",
            request=request_id,
            method=request.method,
            path=request.path_qs,
            status=response.status,
        )
        if headers.NOTICE in context.headers and not self._warned_retired:
            self._warned_retired = True
            log.warning("the live API refuses this surface since 2026-05-12", path=context.path)
