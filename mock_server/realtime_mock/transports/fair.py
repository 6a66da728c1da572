"""A share of each turn of the event loop for every call, so that one that floods makes no other wait.

A datagram of a call that is within its share is handled at once. What is over it waits, in the order
in which it came, for the next turns; and what does not fit into the wait is dropped, as a network
would have dropped it. An SCTP sender that keeps to the receive window never gets there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

SHARE = 32
"""Datagrams of one call in one turn of the loop: about 3 ms of SCTP."""

WAITING = 2048
"""Datagrams of one call that may wait: more than its receive window holds, and 2 MiB at most."""

Handle = Callable[[bytes], None]
"""Handles one datagram of one call. It must not raise."""


class FairShare:
    """Hands datagrams to calls, in turns."""

    def __init__(self) -> None:
        self._used: dict[Handle, int] = {}
        self._waiting: dict[Handle, deque[bytes]] = {}
        self._turn: asyncio.Handle | None = None

    def hand(self, handle: Handle, datagram: bytes) -> None:
        """Handle a datagram now, or in one of the next turns."""
        waiting = self._waiting.get(handle)
        if waiting is not None:
            if len(waiting) < WAITING:
                waiting.append(datagram)
            return
        used = self._used.get(handle, 0)
        if used < SHARE:
            # Counted over turns, too, so that calls at their ease do not pay for the counting of turns.
            self._used[handle] = used + 1
            handle(datagram)
        else:
            self._waiting[handle] = deque([datagram])
            if self._turn is None:
                self._turn = asyncio.get_running_loop().call_soon(self._next_turn)

    def forget(self, handle: Handle) -> None:
        """The call has ended: what waits for it is dropped."""
        self._used.pop(handle, None)
        self._waiting.pop(handle, None)

    def _next_turn(self) -> None:
        self._turn = None
        self._used.clear()
        for handle, waiting in list(self._waiting.items()):
            self._used[handle] = share = min(SHARE, len(waiting))
            for _ in range(share):
                handle(waiting.popleft())
            if not waiting:
                # Gone already, if what was handled has ended the call.
                self._waiting.pop(handle, None)
        if self._waiting:
            self._turn = asyncio.get_running_loop().call_soon(self._next_turn)
