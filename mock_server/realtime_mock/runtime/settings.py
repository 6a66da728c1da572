"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen.

    ``scenario`` is the name of a shipped one or a path. ``api_keys`` empty: any non-empty key will do.
    ``port`` and ``udp_port`` 0: any free one; ``udp_port`` None: the HTTP port's number.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    udp_port: int | None = None
    era: str = "transition"
    scenario: str = "hello"
    seed: int = 0
    api_keys: tuple[str, ...] = ()
