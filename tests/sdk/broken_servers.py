"""Servers for the doctor that are like a well one but for one thing, up to the open event channel.

What is wrong with a server is its docstring.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiortc import RTCPeerConnection
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sdk.well_server import HOST, SECRET, Server

EMPTY_ERROR = '{\n    "error": {"message": "", "type": "", "code": "", "param": ""}\n}'


class NotRunning(Server):
    """Nothing listens at the port, which is held so that nobody else takes it."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        with socket.socket() as held:
            held.bind((HOST, 0))
            yield f"http://{HOST}:{held.getsockname()[1]}/v1"


class RawServer(Server):
    """Not an HTTP server at all: it reads something, says ``answer``, and hangs up."""

    answer = b""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.talk, HOST, 0)
        async with server:
            yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/v1"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


class HangsUp(RawServer):
    """It takes the request and closes the connection."""


class AnotherProtocol(RawServer):
    """An SSH server listens here."""

    answer = b"SSH-2.0-OpenSSH_9.2\r\n"


class SelfSigned(Server):
    """Its certificate is signed by itself."""

    def tls(self) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(hours=1))
        path = self.folder / "self_signed.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


class PlainUnderHttps(Server):
    """The base URL says https, and the port speaks plain HTTP."""

    def url(self, http: TestServer) -> str:
        return super().url(http).replace("http://", "https://")


class NeverAnswers(Server):
    """It takes the request for a key and thinks about it for ever."""

    stalls = True

    async def mint(self, request: web.Request) -> web.StreamResponse:
        await self.never.wait()
        raise web.HTTPServiceUnavailable


class Refusing(Server):
    """It answers the mint with ``status``, ``body`` and ``kind``."""

    status, body, kind = 200, "{}", "application/json"

    async def mint(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=self.status, text=self.body, content_type=self.kind)


class LoginPage(Refusing):
    """A captive portal is in between."""

    body, kind = "<!DOCTYPE html><title>Welcome to our hotel</title>", "text/html"


class BadGateway(Refusing):
    """A gateway is in between, and what is behind it is down. Its page has the wrong content type."""

    status, body = 502, "<html><head><title>502 Bad Gateway</title></head></html>"


class Redirects(Refusing):
    """It sends everybody elsewhere."""

    status = 307


class RefusesTheKey(Refusing):
    """It does not know the key."""

    status = 401
    body = '{"error": {"message": "Incorrect API key provided: sk-00.", "code": "invalid_api_key"}}'


class SpeaksTheBeta(Refusing):
    """It is older than client secrets, and has no such route."""

    status = 404
    body = '{"error": {"message": "Invalid URL (POST /v1/realtime/client_secrets)"}}'


class MintsNothing(Refusing):
    """It says yes, and gives no key."""


class MintsForTheBeta(Refusing):
    """It gives a key in the shape of the beta API."""

    body = json.dumps({"client_secret": {"value": SECRET, "expires_at": 2_000_000_000}})


class SaysNothing(Server):
    """It refuses the offer with the error whose strings are all empty."""

    async def call(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=400, text=EMPTY_ERROR, content_type="application/json")


class WrapsTheAnswer(Server):
    """A relay puts the answer into JSON."""

    async def call(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"sdp": "v=0\r\n"}, status=201)


class SpoilsTheAnswer(Server):
    """The answer begins like SDP and goes on as something else."""

    def edited(self, answer: str) -> str:
        return answer.replace("v=0\r\n", "v=0\r\nm=nonsense\r\n", 1)


class NoCandidates(Server):
    """The answer names no address."""

    def edited(self, answer: str) -> str:
        return re.sub(r"a=candidate:.*\r\n", "", answer)


class UdpBlocked(Server):
    """Nobody takes the packets at the addresses of the answer."""

    stalls = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.hole.bind((HOST, 0))

    def edited(self, answer: str) -> str:
        port = self.hole.getsockname()[1]
        return re.sub(r"(a=candidate:\S+ \d udp \d+) \S+ \d+", rf"\1 {HOST} {port}", answer)

    async def call(self, request: web.Request) -> web.StreamResponse:
        answer = await super().call(request)
        await self.peers.pop().close()  # or it would come to the client by itself
        return answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        with self.hole:
            async with super().running() as url:
                yield url


class AnotherCertificate(Server):
    """The answer announces another certificate than the peer has."""

    def edited(self, answer: str) -> str:
        return re.sub("sha-256 (..:){4}", "sha-256 00:00:00:00:", answer)


class NoFingerprint(Server):
    """The answer announces no certificate."""

    def edited(self, answer: str) -> str:
        return re.sub(r"a=fingerprint:.*\r\n", "", answer)


class SilentHandshake(Server):
    """The peer never begins its part of the handshake."""

    stalls = True

    def prepared(self, peer: RTCPeerConnection) -> None:
        peer.getSenders()[0].transport.start = self.stall


class NoChannel(Server):
    """The peer never starts SCTP."""

    stalls = True

    def prepared(self, peer: RTCPeerConnection) -> None:
        peer.sctp.start = self.stall
