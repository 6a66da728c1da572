"""Which ports and addresses stand in an answer, for the flags of the program; and calls over IPv6."""

from __future__ import annotations

import asyncio
import re
import socket

import pytest

from conftest import Serve, Server
from programs import HEARD, SERVE, browser_client, python_client, reported, serving

CALLS = "/v1/realtime/calls"
CANDIDATE = re.compile(r"a=candidate:\d+ 1 (\w+) (\d+) (\S+) (\d+) typ host( tcptype passive)? ufrag \S+\r\n")


async def _candidates(server: Server, offer: str) -> list[tuple[str, str, str, int, str]]:
    """Transport, priority, address, port and type of each candidate of an answer."""
    key = await server.mint("client_secrets")
    response = await server.offer(CALLS, offer, key=key)
    answer = await response.text()
    assert response.status == 201, answer
    lines = [CANDIDATE.fullmatch(f"{line}\r\n") for line in answer.split("\r\n") if "a=candidate" in line]
    assert None not in lines, answer
    return [(one[1], one[2], one[3], int(one[4]), one[5] or "") for one in lines if one]


async def test_the_udp_port_has_the_number_of_the_http_port(serve: Serve, offer: str) -> None:
    """Also when the system picked that one."""
    server = await serve(udp_port=None, bind=("127.0.0.1",))
    assert await _candidates(server, offer) == [("udp", "2130706431", "127.0.0.1", server.http.port, "")]


async def test_any_other_port_where_that_number_is_taken(serve: Serve, offer: str) -> None:
    """Nobody asked for the number, so nobody misses it."""
    server = await serve(udp_port=None, bind=("127.0.0.1",))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", server.http.port))
        ((_, _, _, port, _),) = await _candidates(server, offer)
    assert port not in (0, server.http.port)


async def test_a_tcp_candidate_is_as_the_real_ones_are(serve: Serve, offer: str) -> None:
    """After the UDP one, passive, with the priority of the API's (observed-verbatim); off by default."""
    server = await serve(tcp_port=0, bind=("127.0.0.1",))
    udp, tcp = await _candidates(server, offer)
    assert (udp[0], tcp[:3], tcp[4]) == ("udp", ("tcp", "1671430143", "127.0.0.1"), " tcptype passive")
    assert tcp[3] not in (0, udp[3])


def _ipv6() -> None:
    """Skip where there is no IPv6 loopback."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError as problem:
        pytest.skip(f"no IPv6 loopback here: {problem}")


IPV6 = ("--host", "::1", "--port", "0", "--bind", "::1", "--era", "ga")


async def test_chromium_calls_over_ipv6() -> None:
    """HTTP and UDP on ::1, and nothing on IPv4."""
    _ipv6()
    async with serving(*IPV6) as url:
        assert await reported(browser_client("chromium", url)) == {**HEARD, "over": "udp"}


async def test_aiortc_calls_over_ipv6() -> None:
    """ICE over TCP to ::1; over UDP aioice leaves loopback addresses out."""
    _ipv6()
    async with serving(*IPV6, "--tcp-port", "0") as url:
        assert await reported(python_client("aiortc", url, "--tcp")) == HEARD


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            ["--advertise", "example.com"],
            "'example.com' is no IP address: clients are told addresses, not names",
        ),
        (["--advertise", "0.0.0.0"], "'0.0.0.0' is every address at once"),
        (["--advertise", "fe80::1"], "'fe80::1' is link-local"),
        (["--advertise", "239.1.2.3"], "'239.1.2.3' is a multicast address"),
        (["--advertise", "127.0.0.1:99999"], "'127.0.0.1:99999' has no good port"),
        (["--advertise", "[::1]9"], "'[::1]9' has no good port"),
        (["--advertise", "127.0.0.1/sctp"], "'127.0.0.1/sctp' ends in /sctp"),
        (["--advertise", "127.0.0.1/tcp"], "127.0.0.1/tcp is advertised, but there is no --tcp-port"),
        (["--tcp-port", "0", "--advertise", "127.0.0.1:9"], "nothing with /tcp is advertised"),
        (["--bind", "192.0.2.99"], "'192.0.2.99' is no address of this machine"),
        (["--bind", "localhost"], "'localhost' is no IP address"),
        (["--tcp-port", "http"], "'http' is no port"),
    ],
)
async def test_what_cannot_work_is_one_sentence(flags: list[str], said: str) -> None:
    """Exit code 2, before anything is started."""
    process = await asyncio.create_subprocess_exec(
        *SERVE, *flags, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)
    assert said in err.decode()
