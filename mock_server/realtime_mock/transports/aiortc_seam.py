"""Everything that touches an underscored name of aiortc, and nothing else.

aiortc has the DTLS, SRTP and SCTP that a call needs, but no public way to run them on somebody
else's sockets. Every private name is used here once, with its reason; the version is pinned, and
``test_aiortc_contract`` fails when one of these names changes. (Of aioice only the STUN codec is
used, in ``network`` and ``ice``, and that is public.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, cast

from aiortc import (
    RTCCertificate,
    RTCDataChannel,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
    RTCSctpCapabilities,
    RTCSctpTransport,
)
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpReceiveParameters
from aiortc.rtcsctptransport import SackChunk
from aiortc.rtp import AnyRtcpPacket, RtpPacket

from realtime_mock.transports.sdp import Fingerprint

__all__ = ["Datagrams", "RtpPacket", "SecureTransport"]


class Datagrams(Protocol):
    """What a secure transport runs on: an ICE agent."""

    async def recv(self) -> bytes:
        """The next datagram. Raises ConnectionError at the end."""

    def send(self, data: bytes) -> None:
        """Send one, or lose it; never raises."""


class _IceTransport:
    """The three members that RTCDtlsTransport asks of its RTCIceTransport."""

    role = "controlled"

    def __init__(self, datagrams: Datagrams) -> None:
        # _recv and _send: how RTCDtlsTransport reads and writes datagrams.
        self._recv = datagrams.recv
        self._datagrams = datagrams

    async def _send(self, data: bytes) -> None:
        self._datagrams.send(data)


class _DtlsTransport(RTCDtlsTransport):
    # _send_data: SCTP's way out, called from tasks that nobody awaits. What is sent after the end
    # would raise in those, and asyncio would report exceptions that were never retrieved.
    async def _send_data(self, data: bytes) -> None:
        if self.state == "connected":
            await super()._send_data(data)


class _SctpTransport(RTCSctpTransport):
    def __init__(self, transport: RTCDtlsTransport, on_closed: Callable[[], None]) -> None:
        super().__init__(transport)
        self.acknowledged = asyncio.Event()
        self._on_closed = on_closed

    # _set_state: the only place that sees an ABORT or SHUTDOWN of a client without data channels.
    def _set_state(self, state: RTCSctpTransport.State) -> None:
        super()._set_state(state)
        if state is self.State.CLOSED:
            self.acknowledged.set()
            self._on_closed()

    # _receive_sack_chunk: the moment at which the last message may have arrived.
    async def _receive_sack_chunk(self, chunk: SackChunk) -> None:
        await super()._receive_sack_chunk(chunk)
        self.acknowledged.set()

    @property
    def outstanding(self) -> bool:
        """Whether anything was sent that the client has not acknowledged."""
        # _data_channel_queue, _outbound_queue, _sent_queue: the three stages of a message on its way out.
        return bool(self._data_channel_queue or self._outbound_queue or self._sent_queue)


class _RtpReceiver:
    """What RTCDtlsTransport asks of a receiver of RTP (its protocol ``RtpReceiver``)."""

    def __init__(self, deliver: Callable[[RtpPacket], None]) -> None:
        self._deliver = deliver

    # The three members have underscored names in aiortc's protocol.
    def _handle_disconnect(self) -> None:
        pass

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        pass

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self._deliver(packet)


class SecureTransport:
    """DTLS, SRTP and SCTP of one call.

    Args:
        datagrams: what it runs on.
        certificate: of this side.
        client: whether this side is the DTLS client.
        on_end: is called with a reason when the client ends DTLS or SCTP, or an error does. It may be
            called more than once.
    """

    def __init__(
        self,
        datagrams: Datagrams,
        certificate: RTCCertificate,
        *,
        client: bool,
        on_end: Callable[[str], None],
    ) -> None:
        self._on_end = on_end
        self._dtls = _DtlsTransport(cast(RTCIceTransport, _IceTransport(datagrams)), [certificate])
        # _set_role: the role comes from the SDP; without it aiortc derives one from the ICE role.
        self._dtls._set_role("client" if client else "server")
        self._sctp: _SctpTransport | None = None
        self._pump: asyncio.Future[None] | None = None

    def receive_rtp(self, payload_types: Iterable[int], deliver: Callable[[RtpPacket], None]) -> None:
        """Hand every RTP packet with one of these payload types over. ``deliver`` must not raise."""
        codecs = [
            RTCRtpCodecParameters(mimeType="audio/any", clockRate=0, payloadType=number)
            for number in payload_types
        ]
        # _register_rtp_receiver: SRTP without RTCRtpReceiver's decoder thread and jitter buffer.
        self._dtls._register_rtp_receiver(_RtpReceiver(deliver), RTCRtpReceiveParameters(codecs=codecs))

    async def handshake(self, fingerprints: Sequence[Fingerprint]) -> None:
        """Do the DTLS handshake. Raises ConnectionError when it fails."""
        parameters = [RTCDtlsFingerprint(one.algorithm, one.value) for one in fingerprints]
        await self._dtls.start(RTCDtlsParameters(parameters))
        # _task: reads datagrams; how it ends tells a close_notify from an error.
        self._pump = self._dtls._task
        if self._pump is None:
            raise ConnectionError("the DTLS handshake failed")
        self._pump.add_done_callback(self._pump_ended)

    async def open_data_channels(
        self, *, port: int, max_message_size: int, on_channel: Callable[[RTCDataChannel], None]
    ) -> None:
        """Begin the SCTP association. ``on_channel`` gets every channel that the client opens."""
        self._sctp = _SctpTransport(self._dtls, lambda: self._on_end("the client ended SCTP"))
        self._sctp.on("datachannel", on_channel)
        await self._sctp.start(RTCSctpCapabilities(maxMessageSize=max_message_size), port)

    async def drained(self) -> None:
        """Wait until the client has acknowledged every message."""
        while self._sctp and self._sctp.state == "connected" and self._sctp.outstanding:
            self._sctp.acknowledged.clear()
            await self._sctp.acknowledged.wait()

    async def close(self) -> None:
        """Abort SCTP, send a close_notify, and wait until no task is left."""
        if self._sctp:
            await self._sctp.stop()
        await self._dtls.stop()
        if self._pump:
            await asyncio.wait([self._pump])
        if self._sctp:
            # A retransmission that was due when SCTP stopped has started its timer again by now.
            await self._sctp.stop()
        self._dtls.remove_all_listeners()

    def _pump_ended(self, pump: asyncio.Future[None]) -> None:
        if pump.cancelled():
            return
        error = pump.exception()
        self._on_end(f"error: {error!r}" if error else "the client ended DTLS")
