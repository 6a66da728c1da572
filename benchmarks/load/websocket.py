"""A WebSocket client of /v1/realtime?intent=transcription: a program that prints one line of JSON.

    python websocket.py URL KEY --connects N --commits N --updates N --appends N

Milliseconds: ``connect`` (from the request to session.created) and ``commit`` (from the commit of 200 ms of
sound to its transcript). Events a second, both ways, sent without waiting: ``updates`` (session.update and
what answers it) and ``appends`` (100 ms of sound each; over when the update that follows them is answered).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import time
from dataclasses import dataclass
from typing import Any, TypeAlias

import aiohttp

PATIENCE_S = 60.0
Socket: TypeAlias = "aiohttp.ClientWebSocketResponse[Any]"
MODEL = "gpt-4o-mini-transcribe"
UPDATE = json.dumps(
    {
        "type": "session.update",
        "session": {
            "type": "transcription",
            "audio": {"input": {"transcription": {"model": MODEL}, "turn_detection": None}},
        },
    }
)
SAMPLES_100_MS = 2400
APPEND = json.dumps(
    {
        "type": "input_audio_buffer.append",
        "audio": base64.b64encode(b"\x10\x00\xf0\xff" * (SAMPLES_100_MS // 2)).decode(),
    }
)
COMMIT = json.dumps({"type": "input_audio_buffer.commit"})
_REFUSALS = ('"type":"error"', '"type": "error"', "input_audio_transcription.failed")
COMPLETED = "conversation.item.input_audio_transcription.completed"


@dataclass(frozen=True, slots=True)
class Target:
    """The address of a server and a key for it."""

    url: str
    key: str

    def connect(self, http: aiohttp.ClientSession) -> aiohttp.client._WSRequestContextManager:
        headers = {"Authorization": f"Bearer {self.key}"}
        return http.ws_connect(f"{self.url}/v1/realtime?intent=transcription", headers=headers)


async def until(socket: Socket, kind: str, count: int = 1) -> None:
    """Read until the ``count``-th event of a type. Raises RuntimeError on a refusal or the end."""
    marks = (f'"type":"{kind}"', f'"type": "{kind}"')
    async for message in socket:
        text = message.data
        if any(mark in text for mark in _REFUSALS):
            raise RuntimeError(text[:300])
        if marks[0] in text or marks[1] in text:
            count -= 1
            if not count:
                return
    raise RuntimeError(f"the socket was closed with {socket.close_code}")


async def connects(http: aiohttp.ClientSession, target: Target, count: int) -> list[float]:
    """Milliseconds from the request to session.created."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        async with target.connect(http) as socket:
            await until(socket, "session.created")
            times.append((time.perf_counter() - begin) * 1000)
    return times


async def commits(http: aiohttp.ClientSession, target: Target, count: int) -> list[float]:
    """Milliseconds from a commit to the completed transcript."""
    times = []
    async with target.connect(http) as socket:
        await until(socket, "session.created")
        await socket.send_str(UPDATE)
        await until(socket, "session.updated")
        for _ in range(count):
            for _ in range(2):
                await socket.send_str(APPEND)
            begin = time.perf_counter()
            await socket.send_str(COMMIT)
            await until(socket, COMPLETED)
            times.append((time.perf_counter() - begin) * 1000)
    return times


async def flood(http: aiohttp.ClientSession, target: Target, frame: str, count: int, answered: bool) -> float:
    """Events a second when nothing is waited for; ``answered``: each frame has an answer, which counts."""
    async with target.connect(http) as socket:
        await until(socket, "session.created")

        async def send() -> None:
            for _ in range(count):
                await socket.send_str(frame)
            if not answered:
                await socket.send_str(UPDATE)

        begin = time.perf_counter()
        sending = asyncio.create_task(send())
        await until(socket, "session.updated", count if answered else 1)
        await sending
        return count * (2 if answered else 1) / (time.perf_counter() - begin)


async def run(target: Target, options: argparse.Namespace) -> None:
    """All four measures, one after the other."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(PATIENCE_S):
        await connects(http, target, 3)  # not counted
        measured = {
            "connect": await connects(http, target, options.connects),
            "commit": (await commits(http, target, options.commits + 3))[3:],
            "updates": [await flood(http, target, UPDATE, options.updates, answered=True)],
            "appends": [await flood(http, target, APPEND, options.appends, answered=False)],
        }
    print(json.dumps(measured), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("key")
    for name in ("connects", "commits", "updates", "appends"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    asyncio.run(run(Target(given.url, given.key), given))
