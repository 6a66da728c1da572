"""A client on one host, the server on another, and a router between them that makes it hard."""

from __future__ import annotations

import pytest

from hosts import CLIENTS_ROUTER, MASQUERADE, NO_UDP, PORT_MAP, SERVER, hosts
from programs import HEARD, browser_client, python_client, reported, serving

pytestmark = pytest.mark.timeout(300)


def _command(client: str, url: str, *flags: str) -> list[str]:
    return python_client(client, url, *flags) if client == "aiortc" else browser_client(client, url, *flags)


def _heard(client: str, over: str) -> dict[str, str]:
    """What a client reports; only a page knows over what it was."""
    return HEARD if client == "aiortc" else {**HEARD, "over": over}


@pytest.mark.parametrize("client", ["aiortc", "chromium", "firefox"])
async def test_a_client_behind_a_nat(client: str) -> None:
    """The router gives the client's datagrams its own address and random ports; no flag is needed."""
    with hosts(MASQUERADE) as lan:
        async with serving("--host", SERVER, "--port", "8080", "--era", "ga", inside=lan.server) as url:
            report = await reported([*lan.client, *_command(client, url)])
    assert report == _heard(client, "udp")


@pytest.mark.parametrize("client", ["aiortc", "chromium", "firefox"])
async def test_a_server_behind_a_port_map(client: str) -> None:
    """The client reaches the router's address alone, and other ports than are bound: ``--advertise``."""
    flags = ("--host", SERVER, "--port", "8080", "--era", "ga", "--advertise", f"{CLIENTS_ROUTER}:9000")
    with hosts(PORT_MAP) as lan:
        async with serving(*flags, inside=lan.server):
            report = await reported([*lan.client, *_command(client, f"http://{CLIENTS_ROUTER}:9000")])
    assert report == _heard(client, "udp")


@pytest.mark.parametrize("client", ["aiortc", "chromium"])
async def test_a_port_map_of_tcp_alone(client: str) -> None:
    """Both what is bound and what is advertised, for ICE over TCP."""
    flags = ("--host", SERVER, "--port", "8080", "--era", "ga", "--tcp-port", "8081")
    tcp = ("--tcp",) if client == "aiortc" else ()
    with hosts(PORT_MAP) as lan:
        async with serving(*flags, "--advertise", f"{CLIENTS_ROUTER}:9001/tcp", inside=lan.server):
            command = _command(client, f"http://{CLIENTS_ROUTER}:9000", *tcp)
            report = await reported([*lan.client, *command])
    assert report == _heard(client, "tcp")


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_network_without_udp(browser: str) -> None:
    """A browser is told of both, finds that no datagram passes, and takes TCP by itself."""
    flags = ("--host", SERVER, "--port", "8080", "--era", "ga", "--tcp-port", "8081")
    with hosts(NO_UDP) as lan:
        async with serving(*flags, inside=lan.server) as url:
            report = await reported([*lan.client, *browser_client(browser, url)])
    assert report == {**HEARD, "over": "tcp"}
