"""What the tests with calls on real sockets share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from realtime_mock.transports.webrtc import WebRtcEndpoint
from stock import Client

NewClient = Callable[..., Client]


@pytest.fixture
async def endpoint() -> AsyncIterator[WebRtcEndpoint]:
    """An endpoint on a free port."""
    endpoint = await WebRtcEndpoint.open()
    yield endpoint
    await endpoint.close()


@pytest.fixture
async def new_client() -> AsyncIterator[NewClient]:
    """Makes clients, and closes them when the test is over."""
    clients: list[Client] = []

    def make(label: str = "oai-events") -> Client:
        clients.append(Client(label))
        return clients[-1]

    yield make
    await asyncio.gather(*(client.connection.close() for client in clients))
