"""The WebRTC side of the server: one UDP port, one certificate, and the calls on them.

An offer becomes a :class:`Peer`, which lives until somebody ends it: the client, consent, the
session, or the server. Importing this module imports aiortc, av and numpy.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog
from aiortc import RTCCertificate, RTCDataChannel

from realtime_mock.transports.aiortc_seam import RtpPacket, SecureTransport
from realtime_mock.transports.ice import IceCredentials, QueueingAgent
from realtime_mock.transports.network import Network
from realtime_mock.transports.sdp import Offer
from realtime_mock.transports.sdp_answer import LocalDescription, build_answer, dtls_setup
from realtime_mock.transports.tracks import AudioReceiver

log = structlog.get_logger("realtime_mock.webrtc")

_Argument = TypeVar("_Argument")

EVENT_CHANNEL = "oai-events"
"""The label of the data channel that carries the events (documented)."""

_DRAIN_SECONDS = 1.0
# How long the last messages of a call that this side ends may take to arrive.


class Wire(Protocol):
    """The event channel, as the session sees it."""

    def send(self, text: str) -> None:
        """Send one text message. Ignored when the channel is closed or the call is ending.

        Raises:
            ValueError: the message is longer than the client's ``max-message-size``.
        """

    def close(self, code: int, reason: str) -> None:
        """Hang up the call, once the client has what was sent; a second at most is waited for."""


class CallHandler(Protocol):
    """Whom a call talks to. A member that raises ends the call."""

    def channel_opened(self, wire: Wire) -> None:
        """The client's event channel is open; the wire can send. At most once."""

    def message(self, frame: str | bytes) -> None:
        """One message of the client on that channel."""

    def audio(self, pcm: bytes) -> None:
        """Sound of the client, in order: s16le, mono, 24 kHz."""

    def ended(self, reason: str) -> None:
        """The call is over and its transport is gone. Exactly once, and the last thing that is called."""


class WebRtcEndpoint:
    """A UDP port with calls on it. Made by :meth:`open`."""

    def __init__(self, network: Network, *, connect_timeout: float, consent_timeout: float) -> None:
        """Takes the network over. Use :meth:`open`."""
        self._network = network
        self._connect_timeout = connect_timeout
        self._consent_timeout = consent_timeout
        self._certificate = RTCCertificate.generateCertificate()
        self._peers: set[Peer] = set()
        self._closed = False
        self.port = network.port
        self.addresses = network.addresses

    @classmethod
    async def open(
        cls,
        network: Network | None = None,
        *,
        connect_timeout: float = 30.0,
        consent_timeout: float = 30.0,
    ) -> WebRtcEndpoint:
        """Take a network over, or bind one: any free port on the usual addresses.

        Args:
            connect_timeout: seconds from the answer to the end of the DTLS handshake.
            consent_timeout: seconds of a client's silence (RFC 7675) after which its call is over.
        """
        network = network or await Network.open()
        return cls(network, connect_timeout=connect_timeout, consent_timeout=consent_timeout)

    def answer(self, offer: Offer, handler: CallHandler, *, unix_seconds: int) -> Peer:
        """Answer an offer. The call connects, or ends by itself.

        Args:
            unix_seconds: the time of the call by the API's clock; it appears in the answer.

        Raises:
            RuntimeError: the endpoint is closed.
        """
        if self._closed:
            raise RuntimeError("the endpoint is closed")
        peer = Peer(
            offer,
            handler,
            network=self._network,
            certificate=self._certificate,
            unix_seconds=unix_seconds,
            connect_timeout=self._connect_timeout,
            consent_timeout=self._consent_timeout,
        )
        self._peers.add(peer)
        peer.when_closed(self._peers.discard)
        return peer

    async def close(self) -> None:
        """End every call, then free the port. Idempotent."""
        self._closed = True
        peers = list(self._peers)
        for peer in peers:
            peer.close("shut down")
        try:
            await asyncio.gather(*(peer.wait_closed() for peer in peers))
        finally:
            await self._network.close()


class Peer:
    """One call. Made by :meth:`WebRtcEndpoint.answer`.

    Attributes:
        answer: the SDP for the client.
    """

    def __init__(
        self,
        offer: Offer,
        handler: CallHandler,
        *,
        network: Network,
        certificate: RTCCertificate,
        unix_seconds: int,
        connect_timeout: float,
        consent_timeout: float,
    ) -> None:
        """Begins to wait for the client. Raises RuntimeError on a closed network."""
        self._offer = offer
        self._handler = handler
        self._connect_timeout = connect_timeout
        self._reason = ""
        self._graceful = False
        self._ending = asyncio.Event()
        credentials = IceCredentials.generate()
        self._ice = QueueingAgent(
            network, credentials, consent_timeout=consent_timeout, on_lost=lambda: self._end("consent lost")
        )
        self._secure = SecureTransport(
            self._ice, certificate, client=dtls_setup(offer) == "active", on_end=self._end
        )
        self._audio = AudioReceiver(offer.audio.codecs)
        self._channel: RTCDataChannel | None = None
        self.answer = build_answer(
            offer,
            local=LocalDescription(
                session_id=secrets.randbits(63),
                unix_seconds=unix_seconds,
                fingerprint=_sha256(certificate),
                ufrag=credentials.ufrag,
                password=credentials.password,
                candidates=network.candidates,
                ssrc=secrets.randbits(32),
            ),
        )
        self._task = asyncio.create_task(self._live(), name=f"call {credentials.ufrag}")

    def close(self, reason: str) -> None:
        """Ask for the end of the call: the last messages are delivered first. Idempotent."""
        if not self.ending:
            self._graceful = True
            self._end(reason)

    @property
    def ending(self) -> bool:
        """Whether the end was decided on; nothing passes between client and handler any more."""
        return self._ending.is_set()

    async def wait_closed(self) -> None:
        """Wait until the call is over and nothing of it remains."""
        await asyncio.shield(self._task)

    def when_closed(self, callback: Callable[[Peer], None]) -> None:
        """Call back when :meth:`wait_closed` would return."""
        self._task.add_done_callback(lambda _: callback(self))

    # -- the life of a call --------------------------------------------------------------------------

    def _end(self, reason: str) -> None:
        """The first reason counts."""
        if not self.ending:
            self._reason = reason
            self._ending.set()

    async def _live(self) -> None:
        connecting = asyncio.create_task(self._connect())
        try:
            await self._ending.wait()
            if self._graceful:
                await self._drain()
        finally:
            connecting.cancel()
            await asyncio.wait([connecting])
            try:
                await self._secure.close()
            finally:
                self._ice.close()
                self._end("shut down")
                self._tell_end()

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(self._connect_timeout):
                await self._ice.connected()
                self._secure.receive_rtp(
                    [codec.payload_type for codec in self._offer.audio.codecs], self._rtp
                )
                await self._secure.handshake(self._offer.fingerprints)
            if data := self._offer.data:
                await self._secure.open_data_channels(
                    port=data.sctp_port, max_message_size=data.max_message_size, on_channel=self._on_channel
                )
        except TimeoutError:
            self._end("never connected")
        except ConnectionError as problem:
            self._end(f"error: {problem}")
        except Exception as problem:
            log.exception("a call could not be connected")
            self._end(f"error: {problem!r}")

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self._secure.drained()
        except TimeoutError:
            log.warning("a call ended before its client had every message")

    def _tell_end(self) -> None:
        try:
            self._handler.ended(self._reason)
        except Exception:
            log.exception("the handler of a call failed at its end")

    # -- what the client does ------------------------------------------------------------------------

    def _on_channel(self, channel: RTCDataChannel) -> None:
        """Other channels stay open and unheard, and so does a second of this name (inferred)."""
        if channel.label != EVENT_CHANNEL or self._channel is not None:
            return
        self._channel = channel
        channel.on("message", lambda frame: self._call(self._handler.message, frame))
        self._call(self._handler.channel_opened, _ChannelWire(channel, self))

    def _rtp(self, packet: RtpPacket) -> None:
        if pcm := self._audio.receive(packet):
            self._call(self._handler.audio, pcm)

    def _call(self, member: Callable[[_Argument], None], argument: _Argument) -> None:
        if self.ending:
            return
        try:
            member(argument)
        except Exception as problem:
            log.exception("the handler of a call failed")
            self._end(f"error: {problem!r}")


class _ChannelWire:
    """The wire of one call."""

    def __init__(self, channel: RTCDataChannel, peer: Peer) -> None:
        self._channel = channel
        self._peer = peer

    def send(self, text: str) -> None:
        if self._channel.readyState == "open" and not self._peer.ending:
            self._channel.send(text)

    def close(self, code: int, reason: str) -> None:
        # A call has no close code; it is what a WebSocket would have closed with.
        self._peer.close(f"{reason} ({code})")


def _sha256(certificate: RTCCertificate) -> str:
    return next(one.value for one in certificate.getFingerprints() if one.algorithm == "sha-256")
