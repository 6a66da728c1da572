"""The HTTP session that the doctor lends to the client, and what could be seen on it.

May live here: the tap. It keeps what is needed to tell one trouble from another, and no secret: of a JSON
body only the names of its keys, of an answer in SDP the whole text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

BodyShape = Literal["empty", "html", "json", "sdp", "text"]


@dataclass(slots=True)
class Exchange:
    """One request and what is known of its answer; ``status`` is None while there is none.

    ``keys`` are the names at the top of a JSON object, with their types; ``sdp`` is the answer's text.
    """

    url: str
    connected: bool = False
    status: int | None = None
    content_type: str = ""
    server: str = ""
    shape: BodyShape | None = None
    keys: Mapping[str, type] = field(default_factory=dict)
    sdp: str = ""


class HttpTap:
    """Makes an HTTP session, and follows what goes over it."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    @property
    def last(self) -> Exchange:
        """The newest exchange; an empty one when nothing was sent yet."""
        return self.exchanges[-1] if self.exchanges else Exchange("")

    def session(self) -> aiohttp.ClientSession:
        """A session like the client's own, with the tap in it. The caller closes it."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.on_connection_create_end.append(self._connected)
        trace.on_connection_reuseconn.append(self._connected)
        trace.on_request_end.append(self._answered)
        trace.on_response_chunk_received.append(self._read)
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), trace_configs=[trace])

    async def _started(self, _: Any, __: Any, params: aiohttp.TraceRequestStartParams) -> None:
        self.exchanges.append(Exchange(str(params.url)))

    async def _connected(self, _: Any, __: Any, ___: Any) -> None:
        self.last.connected = True

    async def _answered(self, _: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
        answer = params.response
        self.last.status = answer.status
        self.last.content_type = answer.content_type
        self.last.server = answer.headers.get("Server", "")

    async def _read(self, _: Any, __: Any, params: aiohttp.TraceResponseChunkReceivedParams) -> None:
        text = params.chunk.decode(errors="replace")
        self.last.shape, self.last.keys = _looks(text)
        if self.last.shape == "sdp":
            self.last.sdp = text


def _looks(text: str) -> tuple[BodyShape, Mapping[str, type]]:
    """What sort of body this is, by its content: the content type of a proxy's page is often wrong."""
    start = text.lstrip()[:200].lower()
    if not start:
        return "empty", {}
    if start.startswith("v=0"):
        return "sdp", {}
    if start.startswith(("<!doctype html", "<html", "<head", "<body", "<?xml")):
        return "html", {}
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        return "text", {}
    return "json", {name: type(value) for name, value in decoded.items()} if isinstance(decoded, dict) else {}
