"""Connect, close, and again: a program whose every line of output is JSON.

    python cycles.py URL KEY --cycles N [--client quick|stock] [--every K]

With ``--every`` it stops after each K cycles, prints ``{"done": n}`` and waits for a line on its standard
input, so that somebody can look at the server when nothing is going on. Ends with
``{"ms": [...], "failed": n, "problem": text}``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

import aiohttp

from benchmarks.load.aiortc_seam import look_often
from benchmarks.load.client import Call, Target

PAUSE_S = 0.02
"""Between two cycles, for the server to end the old call before the new one is timed."""


async def cycle(http: aiohttp.ClientSession, target: Target) -> float:
    """One call: milliseconds from the POST to the open channel."""
    call = Call()
    try:
        return await call.connect(http, target)
    finally:
        await call.close()


async def run(target: Target, cycles: int, every: int) -> None:
    """All cycles, one after the other."""
    times: list[float] = []
    failed, problem = 0, ""
    async with aiohttp.ClientSession() as http:
        for number in range(1, cycles + 1):
            try:
                times.append(await cycle(http, target))
            except (RuntimeError, TimeoutError, aiohttp.ClientError) as error:
                failed, problem = failed + 1, repr(error)
            await asyncio.sleep(PAUSE_S)
            if every and number % every == 0:
                print(json.dumps({"done": number}), flush=True)
                await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps({"ms": times, "failed": failed, "problem": problem}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--cycles", type=int, required=True)
    parser.add_argument("--client", choices=("quick", "stock"), default="quick")
    parser.add_argument("--every", type=int, default=0)
    options = parser.parse_args()
    if options.client == "quick":
        look_often()
    asyncio.run(run(Target(options.url, options.key), options.cycles, options.every))
