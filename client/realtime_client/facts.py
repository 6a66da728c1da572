"""What is known of one HTTP request, for explaining why it was refused.

May live here: the facts and how they are read from a request. The key itself is looked at and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

KeyKind = Literal["api", "ephemeral", "none"]
BodyKind = Literal["sdp", "multipart", "json", "none", "other"]


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What is known of a request; None where it is not known. The key itself is never kept.

    ``url`` is the whole URL; ``key`` the sort of key that was sent; ``body`` the sort of body, by its content
    type; ``sdp`` the offer inside the body, when there is one; ``session_type`` the type of the session that
    the request or its key is for (``transcription`` or ``realtime``); ``beta_header`` whether ``OpenAI-Beta``
    was sent.
    """

    method: str
    url: str
    key: KeyKind | None = None
    body: BodyKind | None = None
    sdp: str | None = field(default=None, repr=False)
    session_type: str | None = None
    beta_header: bool | None = None

    @classmethod
    def of(
        cls,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: str | bytes | None,
        *,
        session_type: str | None = None,
    ) -> RequestFacts:
        """The facts of a request as it went over the wire. ``headers`` may be in any case."""
        lower = {name.lower(): value for name, value in headers.items()}
        text = body.decode(errors="replace") if isinstance(body, bytes) else body
        kind = _body_kind(lower.get("content-type", ""), text)
        return cls(
            method=method.upper(),
            url=url,
            key=key_kind(lower.get("authorization", "").removeprefix("Bearer").strip()),
            body=kind,
            sdp=text if kind == "sdp" else None,
            session_type=session_type,
            beta_header="openai-beta" in lower,
        )

    @property
    def is_upgrade(self) -> bool:
        """Whether it asks for a WebSocket."""
        return self.method == "GET" and urlsplit(self.url).path.rstrip("/").endswith("/realtime")

    def fact(self, name: str) -> object:
        """One fact by the name that the table uses; None when it is not known."""
        parts = urlsplit(self.url)
        path = re.sub("/+", "/", parts.path).rstrip("/")
        match name:
            case "endpoint":
                return path.rsplit("/", 1)[-1]
            case "model_in_query":
                return "model" in parse_qs(parts.query, keep_blank_values=True)
            case "offer_complete":
                return None if self.sdp is None else self.sdp.endswith("\n")
            case "offer_is_sdp":
                return None if self.sdp is None else self.sdp.startswith("v=0")
            case "offer_has_audio":
                return None if self.sdp is None else "m=audio " in self.sdp
            case "offer_is_legacy":
                return None if self.sdp is None else " DTLS/SCTP " in self.sdp
            case _:
                value: object = getattr(self, name)
                return value

    def __str__(self) -> str:
        """One line, fit for a log: it holds no key."""
        keys = {"api": "an API key", "ephemeral": "an ephemeral key", "none": "no key"}
        body = {"none": "no body", None: "a body"}.get(self.body, f"a body of kind {self.body}")
        return f"{self.method} {self.url} with {keys.get(self.key or '', 'a key')} and {body}"


def key_kind(key: str) -> KeyKind:
    """The sort of a key, by its prefix (ephemeral ones begin with ``ek_``, observed-verbatim)."""
    if not key:
        return "none"
    return "ephemeral" if key.startswith("ek_") else "api"


def _body_kind(content_type: str, text: str | None) -> BodyKind:
    if not text:
        return "none"
    kind = content_type.split(";")[0].strip().lower()
    kinds: Mapping[str, BodyKind] = {
        "application/sdp": "sdp",
        "multipart/form-data": "multipart",
        "application/json": "json",
    }
    return kinds.get(kind, "other")
