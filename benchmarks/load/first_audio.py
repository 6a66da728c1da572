"""POST → the first sound that the session has: a program that prints ``{"ms": [...], ...}``.

    python first_audio.py URL KEY --calls N

As soon as the channel is open the client asks every two milliseconds how much sound there is: it commits. Our
server refuses a commit below 100 ms and says how much it had; the refusal comes 0.9 s late, as the real API's
does, but it is about the moment of the commit. The peers answer at once. The time is that of the first commit
that found some sound.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from typing import Any

import aiohttp

from benchmarks.load.aiortc_seam import look_often
from benchmarks.load.client import Call, Target

ASK_EVERY_S = 0.002
ASK_FOR_S = 0.6
ANSWERS_WITHIN_S = 2.0
PAUSE_S = 0.05

_BUFFERED = re.compile(r"only has ([0-9.]+)ms")


class Questions:
    """What was asked when, and which of it found sound."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._answered = 0
        self._news = asyncio.Event()
        self.found: list[float] = []

    async def settled(self) -> None:
        """Wait until every question is answered and sound was found."""
        while not self.found or self._answered < len(self._asked):
            self._news.clear()
            await self._news.wait()

    def ask(self, call: Call) -> None:
        """One more question."""
        event_id = f"q{len(self._asked)}"
        self._asked[event_id] = time.perf_counter()
        call.ask(event_id)

    def hear(self, text: str) -> None:
        """An answer, in our words or in the peers'."""
        event = json.loads(text)
        self._news.set()
        if event["type"] == "input_audio_buffer.committed":  # that question is answered by its success
            self._answered += 1
            self.found.append(time.perf_counter())
            return
        event_id, ms = _answer(event)
        if event_id in self._asked:
            self._answered += 1
            if ms > 0:
                self.found.append(self._asked[event_id])


def _answer(event: dict[str, Any]) -> tuple[str, float]:
    if event["type"] == "heard":
        return event["event_id"], float(event["ms"])
    error = event.get("error") or {}
    buffered = _BUFFERED.search(error.get("message", ""))
    return error.get("event_id") or "", float(buffered[1]) if buffered else 0.0


async def measure(http: aiohttp.ClientSession, target: Target) -> float:
    """Milliseconds from the POST to the first sound. Raises TimeoutError when none came."""
    call, questions = Call(), Questions()
    call.channel.on("message", questions.hear)
    try:
        await call.connect(http, target)
        until = time.perf_counter() + ASK_FOR_S
        while time.perf_counter() < until and not questions.found:
            questions.ask(call)
            await asyncio.sleep(ASK_EVERY_S)
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await questions.settled()
        return (min(questions.found) - call.posted) * 1000
    finally:
        await call.close()


async def run(target: Target, calls: int) -> None:
    """One call after the other."""
    times: list[float] = []
    failed, problem = 0, ""
    async with aiohttp.ClientSession() as http:
        for _ in range(calls):
            try:
                times.append(await measure(http, target))
            except (RuntimeError, TimeoutError, aiohttp.ClientError) as error:
                failed, problem = failed + 1, repr(error)
            await asyncio.sleep(PAUSE_S)
    print(json.dumps({"ms": times, "failed": failed, "problem": problem}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--calls", type=int, required=True)
    options = parser.parse_args()
    look_often()
    asyncio.run(run(Target(options.url, options.key), options.calls))
