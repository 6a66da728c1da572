"""Whatever a server says, by either transport: nothing hangs, and what raises is of the tree."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_client import RealtimeClient, RealtimeError, Reconnect, TranscriptionSession
from realtime_client.events import TYPED
from realtime_client.inbox import Inbox
from realtime_client.opening import Opening, Refusal
from realtime_client.unconfirmed import Unconfirmed

PATIENCE_S = 10
ITEMS = st.sampled_from(["a", "b", "c", ""])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def field(plausible: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what belongs there, sometimes anything."""
    return plausible | plausible | plausible | JSON


EVENTS = st.fixed_dictionaries(
    {"type": field(st.sampled_from([*TYPED, "some.thing"]))},
    optional={
        "event_id": field(st.text(max_size=4)),
        "item_id": field(ITEMS),
        "previous_item_id": field(ITEMS | st.none()),
        "item": field(st.fixed_dictionaries({"id": ITEMS})),
        "audio_start_ms": field(st.integers(-1, 10_000)),
        "audio_end_ms": field(st.integers(-1, 10_000)),
        "delta": field(st.text(max_size=4)),
        "transcript": field(st.text(max_size=4)),
        "session": field(st.fixed_dictionaries({"id": st.just("sess_1")})),
        "error": field(
            st.fixed_dictionaries({"code": st.text(max_size=4), "event_id": st.sampled_from(["evt", None])})
        ),
    },
)
FRAMES = EVENTS.map(json.dumps) | JSON.map(json.dumps) | st.text() | st.binary()


class SomeLine:
    """Where an opening's events go: what the session's line does with them, without a network."""

    def __init__(self) -> None:
        self.inbox = Inbox(limit=8)
        self.heard = Unconfirmed(limit=0.2)
        self.ends = 0

    def take(self, event: Any) -> None:
        self.heard.frame(bytes(960))
        self.heard.commit({"event_id": "evt"})
        self.inbox.remember("evt", {"event_id": "evt"})
        self.heard.follow(self.inbox.take(event))

    def sending(self, event_id: str, event: Any) -> None:
        self.inbox.remember_sound(event_id, event)

    def broken(self, reason: str, code: int | None) -> None:
        self.ends += 1


@given(st.lists(FRAMES, max_size=20), st.integers(0, 20), st.booleans())
def test_any_messages_are_read_to_the_end(frames: list[str | bytes], early: int, ends: bool) -> None:
    """Some come while connecting, some later; afterwards every iterator gives what is left, and ends."""

    async def play() -> None:
        line, opening = SomeLine(), Opening()
        for frame in frames[:early]:
            opening.received(frame)
        opening.go_on(line)
        for frame in frames[early:]:
            opening.received(frame)
        if ends:
            opening.ended("over", 1001)
            opening.ended("twice")
        assert line.ends == int(ends)
        line.heard.begin_again()
        line.inbox.close()
        inbox = line.inbox
        async with asyncio.timeout(PATIENCE_S):
            given = [
                [one async for one in source]
                for source in (inbox.events(), inbox.transcripts(), inbox.updates())
            ]
        assert len(given[1]) == len(inbox.assembler.turns)
        assert len(line.heard.entries) <= 2 * len(frames) + 2

    asyncio.run(play())


@given(st.lists(EVENTS, max_size=12))
def test_a_connection_begins_with_its_first_event_or_fails(events: list[dict[str, Any]]) -> None:
    """Whatever stands in place of session.created and session.updated, connecting ends inside the tree."""

    async def play() -> None:
        opening = Opening()
        for event in events:
            opening.received(json.dumps(event))
        opening.ended("over", 1006)
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(RealtimeError, Refusal):
                await opening.created()

    asyncio.run(play())


HELLO = [
    {"type": "session.created", "session": {"id": "sess_1"}},
    {"type": "session.updated", "session": {}},
]


def text_frame(event: Any) -> bytes:
    """One unmasked text frame (RFC 6455)."""
    data = json.dumps(event).encode()
    return (
        b"\x81" + (bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")) + data
    )


async def speak_websocket(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, noise: bytes) -> None:
    """Upgrade properly, begin a session properly, and then send any bytes at all."""
    head = await reader.readuntil(b"\r\n\r\n")
    key = next(
        line.split(b": ", 1)[1]
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key")
    )
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    writer.write(b"".join(text_frame(event) for event in HELLO) + noise)
    writer.close()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.lists(EVENTS, max_size=3))
def test_any_bytes_after_the_upgrade(noise: bytes, events: list[dict[str, Any]]) -> None:
    """Broken frames, half a frame, nonsense: the session ends with an error of the tree, with or without retries."""

    async def play() -> None:
        tail = b"".join(text_frame(event) for event in events) + noise

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await speak_websocket(reader, writer, tail)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        policy = Reconnect(attempts=1, first=0)
        config = TranscriptionSession("gpt-4o-mini-transcribe")
        client = RealtimeClient("sk-0000", base_url=f"http://127.0.0.1:{port}/v1")
        async with asyncio.timeout(PATIENCE_S), server, client:
            with contextlib.suppress(RealtimeError):
                async with client.connect(config, transport="websocket", reconnect=policy) as session:
                    async for _ in session:
                        pass

    asyncio.run(play())
