"""Everything that touches an underscored name of aiortc, and nothing else.

aiortc's SCTP and its data channels run here on a DTLS session of ours. Every private name has its
reason beside it; the version is pinned, and ``test_aiortc_contract`` fails when one of them changes.
(Of aioice only the STUN codec is used, in ``ice``, and that is public.)

aiortc's SCTP is written as coroutines, but all that they ever wait for is the way out, and ours does
not wait: so each of them ends at the first step. They are run on the spot, without a task; the
contract test proves from the source that there is nothing else in them to wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from aiortc import RTCDataChannel, RTCDtlsTransport, RTCSctpCapabilities, RTCSctpTransport
from aiortc.rtcsctptransport import DataChunk, SackChunk

from realtime_mock.transports.sctp_check import is_well_formed

MAX_MESSAGE_BYTES = 1024 * 1024
"""What an unfinished message of a client may hold; more ends the call."""

_WINDOW = 128 * 1024
# The receive window: it bounds how much of one client can be under way, and so how long another waits.
# It is smaller than a message may be; what bounds an unfinished message is aiortc's own 1 MiB.
_MAX_MISORDERED = 512  # chunks beyond a gap; those that come further out of order are as good as lost
_RTO_INITIAL, _RTO_MIN, _RTO_MAX = 1.0, 0.4, 60.0
# Seconds. RFC 9260 has a lower limit of 1; 0.4 is libwebrtc's: a lost packet costs no whole second.
_STRING = 51  # RFC 8831 section 8: WebRTC String
_DETACHED = (
    "_data_channel_flush",
    "_send_chunk",
    "_send_reconfig_param",
    "_transmit",
    "_transmit_reconfig",
)
# The coroutines that aiortc hands to asyncio.ensure_future.


class ProtocolError(Exception):
    """The client has said something that SCTP does not allow."""


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing. Raises what it raises, and RuntimeError when it does wait."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError(f"{coroutine!r} waits for something")


class _Carrier:
    """What RTCSctpTransport asks of its RTCDtlsTransport."""

    state = "connected"

    def __init__(self, send: Callable[[bytes], None], *, client: bool) -> None:
        # _role: RFC 8832 gives each DTLS role its own stream numbers.
        self._role = "client" if client else "server"
        self._send = send

    async def _send_data(self, data: bytes) -> None:
        self._send(data)

    # Who gets the data is decided by whoever calls DataChannels.receive.
    def _register_data_receiver(self, receiver: RTCSctpTransport) -> None:
        pass

    def _unregister_data_receiver(self, receiver: RTCSctpTransport) -> None:
        pass


class _Association(RTCSctpTransport):
    """aiortc's SCTP with limits, and with a word to its owner when something has changed."""

    def __init__(
        self, carrier: _Carrier, on_acknowledged: Callable[[], None], on_ended: Callable[[str], None]
    ) -> None:
        super().__init__(cast(RTCDtlsTransport, carrier))
        self._on_acknowledged = on_acknowledged
        self._on_ended = on_ended
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.done.set_result(None)
        # _rto: the retransmission time-out, before anything was measured.
        self._rto = _RTO_INITIAL

    # _set_state: the only place that sees an ABORT or SHUTDOWN of a client without data channels.
    def _set_state(self, state: RTCSctpTransport.State) -> None:
        # _association_state: in the first two there is no association yet.
        begun = self._association_state not in (self.State.COOKIE_WAIT, self.State.COOKIE_ECHOED)
        super()._set_state(state)
        if state is self.State.CLOSED:
            self._on_ended("the client ended SCTP" if begun else "error: SCTP could not be connected")

    # _update_rto: the one place where aiortc's lower limit of the time-out is applied.
    def _update_rto(self, R: float) -> None:
        super()._update_rto(R)
        if self._srtt is not None and self._rttvar is not None:
            self._rto = max(_RTO_MIN, min(self._srtt + 4 * self._rttvar, _RTO_MAX))

    # _receive_sack_chunk: aiortc believes any gap, and counts it out; here it must be within what was sent.
    async def _receive_sack_chunk(self, chunk: SackChunk) -> None:
        # _local_tsn: the next one to be sent.
        outstanding = (self._local_tsn - 1 - chunk.cumulative_tsn) % 2**32
        previous = 0
        for first, last in chunk.gaps:
            if not previous < first <= last <= outstanding:
                return
            previous = last
        await super()._receive_sack_chunk(chunk)
        self._on_acknowledged()

    # _receive_data_chunk: aiortc stores whatever comes, in lists that it searches from the beginning.
    async def _receive_data_chunk(self, chunk: DataChunk) -> None:
        # _sack_misordered: what has arrived beyond a gap. _advertised_rwnd: the room for unfinished messages.
        due = ((self._last_received_tsn or 0) + 1) % 2**32
        if len(self._sack_misordered) >= _MAX_MISORDERED and chunk.tsn != due:
            return
        if self._advertised_rwnd < len(chunk.user_data):
            raise ProtocolError("the client has sent a message of more than 1 MiB")
        await super()._receive_data_chunk(chunk)

    # _send_sack: where the receive window is told.
    async def _send_sack(self) -> None:
        room = self._advertised_rwnd
        self._advertised_rwnd = min(room, _WINDOW)
        try:
            await super()._send_sack()
        finally:
            self._advertised_rwnd = room

    # _data_channel_receive: text that is not UTF-8 would raise; the live API's parser replaces what it
    # cannot read (inferred).
    async def _data_channel_receive(self, stream_id: int, pp_id: int, data: bytes) -> None:
        if pp_id == _STRING:
            data = data.decode("utf-8", "replace").encode()
        await super()._data_channel_receive(stream_id, pp_id, data)


def _at_once(name: str) -> Callable[..., Awaitable[None]]:
    """aiortc's coroutine function of this name, run when it is called; what is awaited is done."""
    function = getattr(RTCSctpTransport, name)

    def called(self: _Association, *args: Any, **options: Any) -> Awaitable[None]:
        run(function(self, *args, **options))
        return self.done

    return called


for _name in _DETACHED:
    setattr(_Association, _name, _at_once(_name))


class DataChannels:
    """SCTP, and the data channels on it, of one call.

    Args:
        client: whether this side was the DTLS client.
        send: puts an SCTP packet on its way.
        on_channel: gets every channel that the client opens.
        on_acknowledged: is called whenever the client has acknowledged something.
        on_ended: is called with a reason when the client or an error ends the association, and by
            :meth:`close`.
    """

    def __init__(
        self,
        *,
        client: bool,
        send: Callable[[bytes], None],
        on_channel: Callable[[RTCDataChannel], None],
        on_acknowledged: Callable[[], None],
        on_ended: Callable[[str], None],
    ) -> None:
        self._sctp = _Association(_Carrier(send, client=client), on_acknowledged, on_ended)
        self._sctp.on("datachannel", on_channel)

    def start(self, *, port: int, max_message_size: int) -> None:
        """Begin the association with the client's SCTP port; it takes messages up to this size."""
        run(self._sctp.start(RTCSctpCapabilities(maxMessageSize=max_message_size), port))

    def receive(self, packet: bytes) -> None:
        """One SCTP packet. What is malformed is dropped.

        Raises whatever the packet makes aiortc raise, AssertionError and UnicodeDecodeError among them:
        the client is broken then, and its association with it.
        """
        if is_well_formed(packet):
            # _handle_data: how SCTP gets its packets.
            run(self._sctp._handle_data(packet))

    @property
    def outstanding(self) -> bool:
        """Whether anything was sent that the client has not acknowledged."""
        sctp = self._sctp
        # _data_channel_queue, _outbound_queue, _sent_queue: the three stages of a message on its way out.
        queues = (sctp._data_channel_queue, sctp._outbound_queue, sctp._sent_queue)
        return sctp.state == "connected" and any(queues)

    def close(self) -> None:
        """Abort the association."""
        run(self._sctp.stop())
