"""A port map in user space, as docker-proxy and Docker Desktop have one: each client's datagrams get a new source port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from conftest import Serve
from programs import HEARD, browser_client, python_client, reported
from realtime_mock.runtime.addresses import Advertised
from realtime_mock.web.endpoint import ENDPOINT

LOOPBACK = "127.0.0.1"
Address = tuple[str, int]


class PortMap(asyncio.DatagramProtocol):
    """The outer side: a port that clients reach, with an inner socket for each of them."""

    def __init__(self) -> None:
        self.target: Address | None = None
        self.inner: dict[Address, Inner] = {}
        self.outer: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.outer = transport

    def datagram_received(self, data: bytes, client: Address) -> None:
        if client not in self.inner:
            self.inner[client] = Inner(self, client)
        self.inner[client].forward(data)

    def close(self) -> None:
        for inner in self.inner.values():
            inner.close()
        self.outer.close()


class Inner(asyncio.DatagramProtocol):
    """What the server sees of one client."""

    def __init__(self, outside: PortMap, client: Address) -> None:
        self._outside, self._client = outside, client
        self._waiting: list[bytes] = []
        self._transport: asyncio.DatagramTransport | None = None
        self._opening = asyncio.create_task(self._open())

    async def _open(self) -> None:
        assert self._outside.target is not None
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, remote_addr=self._outside.target)

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        for data in self._waiting:
            transport.sendto(data)

    def datagram_received(self, data: bytes, _server: Address) -> None:
        self._outside.outer.sendto(data, self._client)

    def forward(self, data: bytes) -> None:
        if self._transport:
            self._transport.sendto(data)
        else:
            self._waiting.append(data)

    def close(self) -> None:
        self._opening.cancel()
        if self._transport:
            self._transport.close()


@asynccontextmanager
async def port_map() -> AsyncIterator[tuple[PortMap, int]]:
    """A map, and its outer port."""
    loop = asyncio.get_running_loop()
    transport, mapped = await loop.create_datagram_endpoint(PortMap, local_addr=(LOOPBACK, 0))
    try:
        yield mapped, transport.get_extra_info("sockname")[1]
    finally:
        mapped.close()


@pytest.mark.parametrize("client", ["aiortc", "chromium"])
async def test_calls_through_a_port_map(serve: Serve, client: str) -> None:
    """The answer names the outer port; every datagram of the call went through the map."""
    async with port_map() as (mapped, outer_port):
        server = await serve(era="ga", bind=(LOOPBACK,), advertise=(Advertised(LOOPBACK, outer_port),))
        endpoint = await server.http.app[ENDPOINT].get(0)
        mapped.target = (LOOPBACK, endpoint.port)
        command = (
            python_client("aiortc", server.url)
            if client == "aiortc"
            else browser_client("chromium", server.url)
        )
        report = await reported(command)
    assert (report["transcript"], len(mapped.inner) > 0) == (HEARD["transcript"], True)
