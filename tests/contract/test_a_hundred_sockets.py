"""After a hundred WebSockets a server is as it was: no task, no file, no thread, no call more."""

from __future__ import annotations

import asyncio
import gc

import psutil
from websockets.asyncio.client import connect

from conftest import API_KEY, Serve, Server

CYCLES = 100
PATIENCE_S = 20


async def _one(server: Server, number: int) -> None:
    """Connect and end: in turn by the client, by its death, by the server, and by a refusal."""
    address = server.url.replace("http://", "ws://") + "/v1/realtime?intent=transcription"
    key = API_KEY if number % 4 < 3 else "ek_00000000000000000000000000000000"
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        asyncio.timeout(PATIENCE_S),
        connect(address, additional_headers=headers, proxy=None) as socket,
    ):
        await socket.recv()
        peers = [call.peer for call in server.emulator.calls]
        match number % 4:
            case 0:
                await socket.close()
            case 1:
                socket.transport.abort()
            case 2:
                assert peers[0] is not None
                peers[0].close("enough")
        await asyncio.gather(*(peer.wait_closed() for peer in peers if peer))
        await socket.wait_closed()


async def _open_now() -> dict[str, object]:
    """What the process holds, once the loop has had its turn."""
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    process = psutil.Process()
    return {
        "tasks": sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks()),  # type: ignore[union-attr]
        "fds": process.num_fds(),
        "threads": process.num_threads(),
    }


async def test_nothing_is_left(serve: Serve) -> None:
    """Client and server live in this process, so what either of them left would be seen."""
    server = await serve(era="ga")
    for number in range(4):
        await _one(server, number)
    before = await _open_now()
    for number in range(CYCLES):
        await _one(server, number)
    assert await _open_now() == before
    assert server.emulator.calls == ()
