"""The WebRTC endpoint of an application, opened when the first offer arrives and not before."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

if TYPE_CHECKING:
    from realtime_mock.transports.webrtc import WebRtcEndpoint

log = structlog.get_logger("realtime_mock.webrtc")


class LazyEndpoint:
    """Opens the endpoint once; everyone who asks meanwhile waits for the same one.

    Args:
        port: the UDP port for all calls; 0 for any free one.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = asyncio.Lock()
        self._endpoint: WebRtcEndpoint | None = None

    async def get(self) -> WebRtcEndpoint:
        """The endpoint. Raises OSError when its UDP port is taken."""
        async with self._lock:
            if self._endpoint is None:
                # aiortc, av and numpy take a third of a second to import: off the loop, so that nobody waits.
                module: Any = await asyncio.to_thread(import_module, "realtime_mock.transports.webrtc")
                self._endpoint = await module.WebRtcEndpoint.open(port=self._port)
                log.info("webrtc is ready", port=self._endpoint.port, addresses=self._endpoint.addresses)
            return self._endpoint

    async def close(self) -> None:
        """End every call and free the port."""
        async with self._lock:
            if self._endpoint is not None:
                await self._endpoint.close()
                self._endpoint = None


ENDPOINT = web.AppKey("endpoint", LazyEndpoint)
