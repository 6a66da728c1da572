"""ICE over TCP: framing, whose connection it is, and what a stranger can cost."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from ice_agents import OTHER, Agents, check
from realtime_mock.transports import ice_tcp
from realtime_mock.transports.ice import MAX_DATAGRAM
from realtime_mock.transports.ice_tcp import Frames, framed
from realtime_mock.transports.network import Network


class Caller:
    """A client's connection, which speaks in frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.writer.get_extra_info("sockname")[:2]
        return host, port

    def send(self, *datagrams: bytes) -> None:
        self.writer.write(b"".join(map(framed, datagrams)))

    async def receive(self) -> bytes:
        async with asyncio.timeout(5):
            length = int.from_bytes(await self.reader.readexactly(2))
            return await self.reader.readexactly(length)

    async def ask(self, request: bytes) -> stun.Message:
        self.send(request)
        return stun.parse_message(await self.receive())

    async def hung_up(self) -> bool:
        """Wait for the end of the connection; whether nothing came before it."""
        async with asyncio.timeout(5):
            try:
                return await self.reader.read() == b""
            except ConnectionResetError:
                return True


@asynccontextmanager
async def calling(agents: Agents) -> AsyncIterator[Caller]:
    """A connection to the TCP port."""
    assert agents.network._tcp is not None
    caller = Caller(*await asyncio.open_connection("127.0.0.1", agents.network._tcp.port))
    try:
        yield caller
    finally:
        caller.writer.close()


@pytest.fixture
async def agents() -> AsyncIterator[Agents]:
    """A network on loopback with a TCP port."""
    async with Agents.on(await Network.open(bind=["127.0.0.1"], tcp_port=0)) as agents:
        yield agents


@pytest.fixture
async def caller(agents: Agents) -> AsyncIterator[Caller]:
    """A client."""
    async with calling(agents) as caller:
        yield caller


async def test_a_check_is_answered_and_the_connection_is_the_calls(agents: Agents, caller: Caller) -> None:
    """Datagrams pass both ways, however the stream is cut."""
    agent = agents.make()
    response = await caller.ask(check())
    agent.send(b"\x16 from the server")
    for byte in framed(b"\x16 in pieces") + framed(b"\x80 RTP"):
        caller.writer.write(bytes([byte]))
        await caller.writer.drain()
    heard = [await agents.datagram(agent), await agents.datagram(agent)]
    assert response.attributes["XOR-MAPPED-ADDRESS"] == caller.address
    assert (await caller.receive(), heard) == (b"\x16 from the server", [b"\x16 in pieces", b"\x80 RTP"])


async def test_a_check_and_what_follows_it_may_come_at_once(agents: Agents, caller: Caller) -> None:
    """Many frames in one segment; later checks are answered too, garbage is not."""
    agent = agents.make()
    second = check(USE_CANDIDATE=None)
    caller.send(check(), b"\x16 DTLS", b"\xff garbage", second)
    await caller.receive()
    assert stun.parse_message(await caller.receive()).transaction_id == second[8:20]
    assert await agents.datagram(agent) == b"\x16 DTLS"


async def test_a_controlled_client_may_change_its_role(agents: Agents, caller: Caller) -> None:
    """487 leaves the connection open, and nobody's."""
    agents.make()
    conflict = await caller.ask(check(ICE_CONTROLLED=1))
    response = await caller.ask(check())
    assert (conflict.error_code, response.message_class) == (487, stun.Class.RESPONSE)


@pytest.mark.parametrize(
    "first",
    [
        framed(b"\x16 DTLS"),
        framed(check(ufrag="nobody")),
        framed(check(password="wrong")),
        b"GET / HTTP/1.1\r\n\r\n",
        (MAX_DATAGRAM + 1).to_bytes(2),
        b"\xff\xff",
    ],
    ids=["no check", "unknown ufrag", "wrong password", "HTTP", "too long", "far too long"],
)
async def test_who_begins_with_anything_else_is_hung_up_on(
    agents: Agents, caller: Caller, first: bytes
) -> None:
    """Without an answer."""
    agents.make()
    caller.writer.write(first)
    assert await caller.hung_up()


async def test_a_call_hears_its_own_connection_alone(agents: Agents, caller: Caller) -> None:
    """A check of another call on it is ignored; the connection stays the first one's."""
    first, second = agents.make(), agents.make(OTHER)
    await caller.ask(check())
    caller.send(check(ufrag=OTHER.ufrag, password=OTHER.password), b"\x16 mine")
    assert (await agents.datagram(first), agents.inbox(second).empty()) == (b"\x16 mine", True)


async def test_the_end_of_a_call_ends_its_connections(agents: Agents, caller: Caller) -> None:
    """What was sent before still arrives."""
    agent = agents.make()
    await caller.ask(check())
    agent.send(b"\x15 close_notify")
    agent.close()
    assert (await caller.receive(), await caller.hung_up()) == (b"\x15 close_notify", True)


async def test_who_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, agents: Agents) -> None:
    """After a while."""
    monkeypatch.setattr(ice_tcp, "FIRST_CHECK_S", 0.01)
    async with calling(agents) as silent:
        assert await silent.hung_up()


async def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch, agents: Agents) -> None:
    """One more is hung up on; a place that becomes free can be had."""
    monkeypatch.setattr(ice_tcp, "MAX_CONNECTIONS", 1)
    agent = agents.make()
    async with calling(agents) as first:
        await first.ask(check())
        async with calling(agents) as refused:
            assert await refused.hung_up()
        agent.close()
        assert await first.hung_up()
    agents.make()
    async with calling(agents) as third:
        assert (await third.ask(check())).message_class is stun.Class.RESPONSE


async def test_a_client_that_does_not_read_loses_datagrams(agents: Agents, caller: Caller) -> None:
    """What waits for it is bounded, and the end of the call does not wait for it."""
    agent = agents.make()
    await caller.ask(check())
    (path,) = agents.network._tcp._paths  # type: ignore[union-attr]
    datagram = bytes([128]) * 1200
    for _ in range(10_000):
        agent.send(datagram)
    assert path._transport is not None
    waiting = path._transport.get_write_buffer_size()
    agent.close()
    assert 0 < waiting <= ice_tcp.MAX_UNSENT + len(framed(datagram))


async def test_a_taken_port_is_named() -> None:
    """With its address, and nothing stays bound."""
    taken = await Network.open(bind=["127.0.0.1"], tcp_port=0)
    assert taken._tcp is not None
    port = taken._tcp.port
    with pytest.raises(OSError, match=f"TCP port {port} on 127.0.0.1: ") as caught:
        await Network.open(bind=["127.0.0.2", "127.0.0.1"], tcp_port=port)
    await (await Network.open(bind=["127.0.0.2"], tcp_port=port)).close()
    await taken.close()
    assert caught.value.errno == errno.EADDRINUSE


@given(st.lists(st.binary(min_size=1, max_size=MAX_DATAGRAM), max_size=8), st.integers(1, 5000))
def test_frames_come_out_as_they_went_in(datagrams: list[bytes], piece: int) -> None:
    """Whatever the pieces of the stream, and with no byte kept too many."""
    stream, frames = b"".join(map(framed, datagrams)), Frames()
    heard = [
        frame
        for start in range(0, len(stream), piece)
        for frame in frames.feed(stream[start : start + piece])
    ]
    assert (heard, frames._rest) == (datagrams, b"")


@given(st.lists(st.binary(max_size=4000), max_size=6))
def test_any_stream_is_frames_or_too_long(pieces: list[bytes]) -> None:
    """Nothing else is raised, and what is kept is less than one frame."""
    frames = Frames()
    for piece in pieces:
        try:
            frames.feed(piece)
        except ValueError:
            break
        assert len(frames._rest) < MAX_DATAGRAM + 2
