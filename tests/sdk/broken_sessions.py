"""Servers for the doctor that are broken over WebSocket, or in the session itself, whatever carries it.

What is wrong with a server is its docstring.
"""

from __future__ import annotations

from typing import Any

from aiohttp import WSCloseCode, web
from aiortc import RTCDataChannel

from sdk.well_server import Server


class NeverSpeaks(Server):
    """The connection is there, and no event comes."""

    stalls = True

    def first(self) -> list[dict[str, Any]]:
        return []


class NoCredit(Server):
    """The first event is an error: the account has no credit."""

    def first(self) -> list[dict[str, Any]]:
        error = {"type": "insufficient_quota", "code": "credit_balance_exhausted", "message": "No credits."}
        return [{"type": "error", "event_id": "event_0", "error": error}]

    async def converse(self, socket: web.WebSocketResponse) -> None:
        await socket.close(code=1013, message=b"insufficient_quota.credit_balance_exhausted")


class BetaFirst(Server):
    """The first event is the one of the beta's transcription sessions."""

    def first(self) -> list[dict[str, Any]]:
        return [{"type": "transcription_session.created", "session": {"input_audio_format": "pcm16"}}]


class BetaSession(Server):
    """The first event has the right name, and the session inside has the beta's shape."""

    def first(self) -> list[dict[str, Any]]:
        return [{"type": "session.created", "session": {"id": "sess_0", "modalities": ["text"]}}]


class AnotherApi(Server):
    """The first event is of an API that nobody knows."""

    def first(self) -> list[dict[str, Any]]:
        return [{"type": "welcome"}]


class ErrorAfterSound(Server):
    """It takes the sound and then complains."""

    def reply(self, event: dict[str, Any]) -> dict[str, Any]:
        error = {"type": "server_error", "code": None, "message": "The server had an error."}
        return {"type": "error", "event_id": "event_1", "error": error}


class GoesAway(Server):
    """It ends the connection at the first event that it is sent."""

    def heard(self, channel: RTCDataChannel, event: dict[str, Any]) -> None:
        channel.close()

    async def converse(self, socket: web.WebSocketResponse) -> None:
        await socket.receive()
        await socket.close(code=WSCloseCode.INTERNAL_ERROR)


class NeverListens(Server):
    """It does not answer what it is sent."""

    stalls = True

    def reply(self, event: dict[str, Any]) -> None:
        return None


class NoWebSocket(Server):
    """It has nothing at the WebSocket's address."""

    async def socket(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPNotFound


class DropsTheUpgrade(Server):
    """A proxy in between takes the request for an ordinary one."""

    async def socket(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})


class PageForASocket(Server):
    """A web page is in the WebSocket's place."""

    async def socket(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html></html>", content_type="text/html")


class HoldsTheUpgrade(Server):
    """The request for a WebSocket is never answered."""

    stalls = True

    async def socket(self, request: web.Request) -> web.StreamResponse:
        await self.stall()
        raise web.HTTPServiceUnavailable


class ClosesAtOnce(Server):
    """The WebSocket opens and is closed without a word."""

    async def socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close(code=WSCloseCode.GOING_AWAY)
        return socket
