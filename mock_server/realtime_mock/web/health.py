"""``/_mock/health``: whether the server is up, for containers and scripts."""

from __future__ import annotations

from aiohttp import web

from realtime_mock import __version__
from realtime_mock.protocol.wire import encode
from realtime_mock.web.context import Context


async def health(context: Context) -> web.Response:
    """GET: 200 and what this server is."""
    emulator = context.emulator
    body = {
        "status": "ok",
        "version": __version__,
        "era": emulator.era.name,
        "scenario": emulator.settings.scenario,
        "calls": len(emulator.calls),
    }
    return web.Response(text=encode(body), content_type="application/json")
