"""One client that floods does not make another wait: counted in turns of the event loop, not in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest

from realtime_mock.transports import fair
from realtime_mock.transports.peer import Peer
from realtime_mock.transports.webrtc import WebRtcEndpoint
from stock import Client, Recorder, call

NewClient = Callable[..., Client]
ROUNDS = 20
BURST = 80  # datagrams: what the smallest receive buffer of a Linux socket holds, and more than two shares


@pytest.fixture(autouse=True)
async def bounded() -> AsyncIterator[None]:
    """No test of this file waits for ever."""
    async with asyncio.timeout(60):
        yield


class Turns:
    """Counts the turns of the loop."""

    def __init__(self) -> None:
        self.count = 0
        self._handle = asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self.count += 1
        self._handle = asyncio.get_running_loop().call_soon(self._turn)

    def stop(self) -> None:
        self._handle.cancel()


def _burst(client: Client, count: int) -> None:
    """So many encrypted datagrams into the server's socket at once, past the client's own flow control."""
    dtls = client.connection.sctp.transport
    ice = dtls.transport.iceGatherer._connection
    for _ in range(count):
        dtls._ssl.send(bytes(1100))
        data = dtls._ssl.bio_read(1500)
        protocol = ice._nominated[1].protocol
        protocol.transport.sendto(data, ice._nominated[1].remote_addr)


async def test_a_ping_passes_a_flood(
    endpoint: WebRtcEndpoint, new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call gets more than its share of a turn, and a ping waits for a few turns, not for the flood."""
    handled: Counter[tuple[Peer, int]] = Counter()
    turns, handle = Turns(), Peer._on_data

    def count(peer: Peer, packet: bytes) -> None:
        handled[peer, turns.count] += 1
        handle(peer, packet)

    monkeypatch.setattr(Peer, "_on_data", count)
    flooder, pinger, calm = new_client(), new_client(), Recorder()
    await call(endpoint, flooder, Recorder())
    await call(endpoint, pinger, calm)
    waited = []
    for _ in range(ROUNDS):
        _burst(flooder, BURST)
        began = turns.count
        pinger.channel.send("ping")
        assert await calm.inbox.get() == "ping"
        waited.append(turns.count - began)
    turns.stop()
    # A share from the wait, and another when the wait is over, in the same turn.
    assert fair.SHARE <= max(handled.values()) <= 2 * fair.SHARE
    assert max(waited) <= 10


async def test_a_flood_through_the_channel_arrives_whole(
    endpoint: WebRtcEndpoint, new_client: NewClient
) -> None:
    """Four megabytes as fast as SCTP goes, in order, with another call's pings between."""
    flooder, pinger = new_client(), new_client()
    loud, calm = Recorder(), Recorder()
    await call(endpoint, flooder, loud)
    await call(endpoint, pinger, calm)
    messages = [f"{number:04}" + "x" * 16_000 for number in range(250)]
    for message in messages:
        flooder.channel.send(message)
    for _ in range(20):
        pinger.channel.send("ping")
        assert await calm.inbox.get() == "ping"
    assert [await loud.inbox.get() for _ in messages] == messages
