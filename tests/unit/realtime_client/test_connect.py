"""Connecting over WebRTC: what is sent, what a session can do, and what is left behind (nothing)."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

import realtime_client
from realtime_client import (
    ConnectionLost,
    ErrorEvent,
    RealtimeClient,
    SessionClosed,
    SessionCreated,
    TranscriptionSession,
    UnknownEvent,
)

CONFIG = TranscriptionSession("gpt-4o-mini-transcribe")
SECRET = "ek_00000000000000000000000000000000"
COMPLETED = {"type": "conversation.item.input_audio_transcription.completed"}


async def test_a_minted_key_sends_the_bare_offer(server: Any, client: RealtimeClient) -> None:
    """With a client secret the offer goes out alone, whole, and without a model in the URL."""
    secret = await client.mint(CONFIG, ttl=60)
    async with client.connect(secret=secret) as session:
        assert (session.id, session.call_id) == ("sess_1", "rtc_1")
    content_type, path, body = server.offers[0]
    assert (content_type, path) == ("application/sdp", "/v1/realtime/calls")
    assert body.startswith(b"v=0\r\n")
    assert body.endswith(b"\r\n")
    assert server.keys == ["Bearer sk-000000000000", f"Bearer {SECRET}"]
    assert server.minted == [
        {"expires_after": {"anchor": "created_at", "seconds": 60}, "session": CONFIG.to_json()}
    ]


async def test_an_api_key_sends_offer_and_session(server: Any, client: RealtimeClient) -> None:
    """With an API key one multipart request carries the whole offer and the session."""
    async with client.connect(CONFIG):
        pass
    content_type, path, body = server.offers[0]
    assert (content_type.split(";")[0], path) == ("multipart/form-data", "/v1/realtime/calls")
    assert b"Content-Type: application/sdp\r\n" in body
    assert b"\r\n\r\n--" in body, "the offer keeps its CRLF before the part's own"
    assert json.dumps(CONFIG.to_json()).encode() in body
    assert b"filename" not in body


async def test_candidates_in_the_first_section_only(server: Any, client: RealtimeClient) -> None:
    """The real API's answer has its candidates in the audio section and none in the other."""

    def first_only(answer: str) -> str:
        first, mark, second = answer.partition("m=application")
        return first + mark + re.sub(r"a=(candidate|end-of-candidates).*\r\n", "", second)

    server.edit_answer = first_only
    async with client.connect(secret=SECRET) as session:
        assert session.id == "sess_1"


async def test_the_first_event_is_read_again(server: Any, client: RealtimeClient) -> None:
    """Iteration begins with session.created, although connecting has looked at it."""
    async with client.connect(secret=SECRET) as session:
        await server.say({"type": "something.new", "event_id": "event_1"})
        events = []
        async for event in session:
            events.append(event)
            if isinstance(event, UnknownEvent):
                break
    assert [(type(event), event.type) for event in events] == [
        (SessionCreated, "session.created"),
        (UnknownEvent, "something.new"),
    ]


async def test_client_events_carry_ids(server: Any, client: RealtimeClient) -> None:
    """Everything that is sent has an event_id; one that the caller chose is kept."""
    async with client.connect(secret=SECRET) as session:
        ids = [await session.commit(), await session.clear(), await session.update(CONFIG)]
        ids.append(await session.send({"type": "input_audio_buffer.commit", "event_id": "mine"}))
        got = [await server.received.get() for _ in ids]
    assert got == [
        {"type": "input_audio_buffer.commit", "event_id": ids[0]},
        {"type": "input_audio_buffer.clear", "event_id": ids[1]},
        {"type": "session.update", "session": CONFIG.to_json(), "event_id": ids[2]},
        {"type": "input_audio_buffer.commit", "event_id": "mine"},
    ]
    assert len(set(ids)) == 4


async def test_an_error_is_matched_with_its_cause(server: Any, client: RealtimeClient) -> None:
    """An error event that names a client event has that event as caused_by."""
    async with client.connect(secret=SECRET) as session:
        sent = await session.commit()
        await server.say({"type": "error", "error": {"message": "too small", "event_id": sent}})
        errors = [event async for event in _until(session, ErrorEvent) if isinstance(event, ErrorEvent)]
    assert errors[0].caused_by == {"type": "input_audio_buffer.commit", "event_id": sent}


async def test_a_wav_arrives_as_sound(server: Any, client: RealtimeClient, tone: Any) -> None:
    """Twice half a second of tone is about 50 sounding packets of 20 ms, one file after the other."""
    async with client.connect(secret=SECRET) as session:
        await asyncio.gather(session.stream(tone), session.stream(tone))
        peaks = [await server.sounds.get() for _ in range(45)]
    assert min(peaks) > 1000
    assert server.sounds.qsize() <= 9


async def test_transcripts_come_in_spoken_order(server: Any, client: RealtimeClient) -> None:
    """The second turn is finished first, and still comes second; flush waits for both."""
    async with client.connect(secret=SECRET) as session:
        for item, previous in (("item_a", None), ("item_b", "item_a")):
            await server.say(
                {"type": "input_audio_buffer.committed", "item_id": item, "previous_item_id": previous}
            )
        for item, text in (("item_b", "world"), ("item_a", "hello")):
            await server.say({**COMPLETED, "item_id": item, "transcript": text})
        await session.flush(settle=0.2)
        await session.close()
        assert [turn.text async for turn in session.transcripts()] == ["hello", "world"]
    assert session.text == "hello\nworld"


async def test_the_server_hangs_up(server: Any, client: RealtimeClient, tone: Any) -> None:
    """When the server goes, every iterator and every method says so, with the last error it gave."""
    async with client.connect(secret=SECRET) as session:
        streaming = asyncio.create_task(session.stream(tone))
        await server.say({"type": "error", "error": {"message": "60 minutes", "code": "session_expired"}})
        await server.peers[0].close()
        with pytest.raises(ConnectionLost, match="session_expired: 60 minutes"):
            [event async for event in session]
        with pytest.raises(ConnectionLost):
            await streaming
        with pytest.raises(ConnectionLost):
            await session.commit()
        with pytest.raises(ConnectionLost):
            [turn async for turn in session.transcripts()]


async def test_closing_ends_the_iterators(server: Any, client: RealtimeClient) -> None:
    """After close() the loops end quietly, and sending says that the session is closed."""
    async with client.connect(secret=SECRET) as session:
        reading = asyncio.create_task(_collect(session))
        watching = asyncio.create_task(_collect(session.updates()))
        await session.close()
        await session.close()
        assert [event.type for event in await reading] == ["session.created"]
        assert await watching == []
        with pytest.raises(SessionClosed):
            await session.commit()


async def test_nothing_is_left(server: Any, client: RealtimeClient) -> None:
    """After a session no task of the SDK is left."""
    async with client.connect(secret=SECRET):
        pass
    await server.close()
    await asyncio.sleep(0)
    assert _leftovers() == set()


def _leftovers() -> set[str]:
    """Tasks that run code of the SDK or of aiortc."""
    names = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
    return {name for name in names if not name.startswith(("test_", "RequestHandler", "_", "bounded"))}


async def _collect(source: Any) -> list[Any]:
    return [thing async for thing in source]


async def _until(session: Any, kind: type) -> Any:
    async for event in session:
        yield event
        if isinstance(event, kind):
            return


async def test_the_readme_example_runs(
    server: Any, tone: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first example of the README, as printed, prints what was said."""
    readme = Path(realtime_client.__file__).parents[1] / "README.md"
    example = readme.read_text().split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(example.replace("asyncio.run(main(sys.argv[1]))", ""), names)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-000000000000")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    running = asyncio.create_task(names["main"](str(tone)))
    await server.say({"type": "input_audio_buffer.committed", "item_id": "a", "previous_item_id": None})
    await server.say({**COMPLETED, "item_id": "a", "transcript": "Hello there."})
    await running
    assert capsys.readouterr().out == "Hello there.\n"
