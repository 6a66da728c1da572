"""Two hosts and a router between them, as network namespaces of this machine; they go with the test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from programs import found

CLIENT, CLIENTS_ROUTER = "10.78.1.2", "10.78.1.1"
SERVER, SERVERS_ROUTER = "10.78.2.2", "10.78.2.1"
_NAMES = {name: f"realtime-mock-{os.getpid()}-{name}" for name in ("client", "router", "server")}

# What the router does, in nftables' words. Its interfaces are called after the host behind them.
MASQUERADE = """
table ip nat {
  chain after { type nat hook postrouting priority 100; oifname "server" masquerade fully-random; }
}
"""
PORT_MAP = f"""
table ip nat {{
  chain before {{
    type nat hook prerouting priority -100;
    ip daddr {CLIENTS_ROUTER} udp dport 9000 dnat to {SERVER}:8080
    ip daddr {CLIENTS_ROUTER} tcp dport 9000 dnat to {SERVER}:8080
    ip daddr {CLIENTS_ROUTER} tcp dport 9001 dnat to {SERVER}:8081
  }}
}}
table ip filter {{
  chain through {{ type filter hook forward priority 0; policy drop; ct status dnat accept; }}
}}
"""
NO_UDP = """
table ip filter {
  chain through { type filter hook forward priority 0; ip protocol udp drop; }
}
"""


@dataclass(frozen=True, slots=True)
class Hosts:
    """How to run a program on each host."""

    client: tuple[str, ...]
    server: tuple[str, ...]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def _refused() -> str | None:
    if os.geteuid() != 0:
        return "only root makes hosts of network namespaces"
    ip = found("ip", package="iproute2")
    found("nft", package="nftables")
    tried = subprocess.run(
        [ip, "netns", "add", _NAMES["router"]], capture_output=True, text=True, check=False
    )
    return f"network namespaces are refused: {tried.stderr.strip()}" if tried.returncode else None


def _cable(host: str, address: str, router: str) -> None:
    """A cable from a host to the router, and the host's default route along it."""
    ends = (f"{host[0]}{os.getpid()}", f"r{host[0]}{os.getpid()}")
    _ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
    for end, where, name, own in (
        (ends[0], _NAMES[host], "lan", address),
        (ends[1], _NAMES["router"], host, router),
    ):
        _ip("link", "set", end, "netns", where, "name", name)
        _ip("-n", where, "address", "add", f"{own}/24", "dev", name)
        _ip("-n", where, "link", "set", name, "up")
    _ip("-n", _NAMES[host], "route", "add", "default", "via", router)


@contextmanager
def hosts(rules: str) -> Iterator[Hosts]:
    """A client and a server with a router between them that follows these rules of nftables.

    Where namespaces are refused the test is skipped, with the reason.
    """
    if reason := _refused():
        pytest.skip(reason)
    try:
        _ip("netns", "add", _NAMES["client"])
        _ip("netns", "add", _NAMES["server"])
        for name in _NAMES.values():
            _ip("-n", name, "link", "set", "lo", "up")
        _cable("client", CLIENT, CLIENTS_ROUTER)
        _cable("server", SERVER, SERVERS_ROUTER)
        router = ["ip", "netns", "exec", _NAMES["router"]]
        subprocess.run(
            [*router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward && exec nft -f -"],
            input=rules,
            text=True,
            check=True,
        )
        enter = [shutil.which("ip") or "ip", "netns", "exec"]
        yield Hosts((*enter, _NAMES["client"]), (*enter, _NAMES["server"]))
    finally:
        for name in _NAMES.values():
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
