"""The WebRTC endpoint of an application, opened when the first offer arrives and not before."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from realtime_mock.runtime.settings import Settings

if TYPE_CHECKING:
    from realtime_mock.transports.network import Network
    from realtime_mock.transports.webrtc import WebRtcEndpoint

log = structlog.get_logger("realtime_mock.webrtc")


class LazyEndpoint:
    """Opens the endpoint once; everyone who asks meanwhile waits for the same one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._endpoint: WebRtcEndpoint | None = None

    async def get(self, http_port: int) -> WebRtcEndpoint:
        """The endpoint of a server that is reached at ``http_port``. Raises OSError when a port is taken."""
        async with self._lock:
            if self._endpoint is None:
                # aiortc, av and numpy take a third of a second to import: off the loop, so that nobody waits.
                module: Any = await asyncio.to_thread(import_module, "realtime_mock.transports.webrtc")
                network = await self._network(http_port)
                self._endpoint = await module.WebRtcEndpoint.open(network)
                log.info(
                    "webrtc is ready", port=network.port, bound=network.addresses, advertised=_told(network)
                )
            return self._endpoint

    async def _network(self, http_port: int) -> Network:
        module: Any = import_module("realtime_mock.transports.network")
        settings = self._settings
        network: Network = await module.Network.open(
            port=http_port if settings.udp_port is None else settings.udp_port,
            # Whoever let the system pick the HTTP port asked for no number: any will do for UDP too.
            any_port=settings.udp_port is None and settings.port == 0,
            bind=settings.bind,
            advertise=settings.advertise,
            tcp_port=settings.tcp_port,
        )
        return network

    async def close(self) -> None:
        """End every call and free the port."""
        async with self._lock:
            if self._endpoint is not None:
                await self._endpoint.close()
                self._endpoint = None


def _told(network: Network) -> str:
    return " ".join(f"{one.address}:{one.port}/{one.transport}" for one in network.candidates)


ENDPOINT = web.AppKey("endpoint", LazyEndpoint)
