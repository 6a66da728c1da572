"""What the causes of a trouble depend on. May live here: the clues, and how they are read off an exchange."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from realtime_client.doctor.tap import Exchange
from realtime_client.errors import RealtimeError, SessionRefused

Reach = Literal["loopback", "private", "public"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address at which an answer says that the server can be reached."""

    protocol: str
    address: str
    port: str

    @property
    def reach(self) -> Reach | None:
        """From where this address leads to the server; None for a name."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return None
        if address.is_loopback:
            return "loopback"
        return "private" if address.is_private else "public"

    def __str__(self) -> str:
        return f"{self.address}:{self.port}/{self.protocol}"


def candidates_of(sdp: str) -> tuple[Candidate, ...]:
    """The candidates of an answer (RFC 8839, section 5.1), in their order, without repetitions."""
    found = re.findall(r"(?m)^a=candidate:\S+ \d+ (\S+) \d+ (\S+) (\d+) ", sdp)
    return tuple(dict.fromkeys(Candidate(protocol.lower(), host, port) for protocol, host, port in found))


@dataclass(frozen=True, slots=True)
class Clues:
    """Facts about one trouble, by the names that the table of findings uses; None where one is not known.

    ``host`` is whether the base URL leads to this machine. ``versioned``: its path ends in a version.
    ``candidates``: the widest reach among the answer's candidates. ``code``: of the error event that came.
    """

    scheme: str
    host: Literal["here", "elsewhere"]
    versioned: bool
    port_given: bool
    candidates: Literal["none", "unusable", "loopback", "private", "public"] | None = None
    code: str | None = None

    @classmethod
    def of(cls, base_url: str, error: RealtimeError, exchange: Exchange) -> Clues:
        """Read them off the base URL, the error and the newest exchange."""
        parts = urlsplit(base_url)
        return cls(
            scheme=parts.scheme,
            host="here" if _is_here(parts.hostname or "") else "elsewhere",
            versioned=re.search(r"/v\d+$", parts.path.rstrip("/")) is not None,
            port_given=parts.port is not None,
            candidates=_widest(candidates_of(exchange.sdp)) if exchange.sdp else None,
            code=error.event.code if isinstance(error, SessionRefused) else None,
        )

    def fact(self, name: str) -> object:
        """One clue by its name."""
        value: object = getattr(self, name)
        return value


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _widest(
    candidates: tuple[Candidate, ...],
) -> Literal["none", "unusable", "loopback", "private", "public"]:
    """How far the best candidate reaches. Names and TCP are of no use to the SDK."""
    if not candidates:
        return "none"
    reaches = {candidate.reach for candidate in candidates if candidate.protocol == "udp"}
    for reach in ("public", "private", "loopback"):
        if reach in reaches:
            return reach
    return "unusable"
