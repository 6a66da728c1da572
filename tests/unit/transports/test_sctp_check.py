"""What is let through to aiortc's SCTP, and what that does with it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from aiortc.rtcsctptransport import (
    DataChunk,
    ForwardTsnChunk,
    HeartbeatChunk,
    InitChunk,
    ReconfigChunk,
    SackChunk,
    ShutdownChunk,
    serialize_packet,
)
from google_crc32c import value as crc32c
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_mock.transports.aiortc_seam import DataChannels, ProtocolError
from realtime_mock.transports.sctp_check import is_well_formed

HEADER = bytes(12)


def chunk(kind: int, body: bytes, flags: int = 0) -> bytes:
    """A chunk with its padding."""
    return struct.pack("!BBH", kind, flags, len(body) + 4) + body + bytes(-len(body) % 4)


def stock_packets() -> Iterator[bytes]:
    """One packet of each kind that aiortc itself sends."""
    init = InitChunk()
    init.params = [(0xC000, b""), (0x8008, b"\xc0\x82")]
    data = DataChunk()
    data.user_data = b"hello"
    sack = SackChunk()
    sack.gaps, sack.duplicates = [(2, 3)], [1]
    heartbeat = HeartbeatChunk()
    heartbeat.params = [(1, b"abc")]
    forward = ForwardTsnChunk()
    forward.streams = [(1, 2)]
    reconfig = ReconfigChunk()
    reconfig.params = [(13, bytes(14)), (16, bytes(8))]
    for one in (init, data, sack, heartbeat, forward, reconfig, ShutdownChunk()):
        yield serialize_packet(5000, 5000, 0, one)


@pytest.mark.parametrize("packet", list(stock_packets()))
def test_what_aiortc_sends_is_well_formed(packet: bytes) -> None:
    """Every kind of chunk with something in it."""
    assert is_well_formed(packet)


@pytest.mark.parametrize(
    "chunks",
    [
        b"",
        b"\x00\x00\x00\x03",  # shorter than its own header
        chunk(0, bytes(12)),  # DATA without data
        chunk(0, bytes(13))[:-6],  # cut
        chunk(1, bytes(15)),  # INIT, too short
        chunk(1, bytes(16)) + chunk(0, bytes(13)),  # INIT in company
        chunk(1, bytes(16) + b"\x00\x07\x00\x00"),  # a parameter of length 0, for which aiortc loops for ever
        chunk(4, b"\x00\x01\x00\x09abc"),  # a parameter longer than the chunk
        chunk(3, bytes(8) + b"\x00\x01\x00\x00"),  # SACK with a gap that is not there
        chunk(7, b""),  # SHUTDOWN without a TSN
        chunk(192, bytes(6)),  # FORWARD-TSN with half a pair
        chunk(130, b"\x00\x0d\x00\x08" + bytes(4)),  # a reset request, too short
    ],
)
def test_what_cannot_be_read_is_refused(chunks: bytes) -> None:
    """Each of these makes aiortc raise or hang, or means nothing."""
    assert not is_well_formed(HEADER + chunks)


class Server:
    """An association of ours in state ESTABLISHED, with a client whose packets are written by hand."""

    TAG, TSN = 7, 1000

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.ends: list[str] = []
        self.channels: list[object] = []
        self.sctp = DataChannels(
            client=False,
            send=self.sent.append,
            on_channel=self.channels.append,
            on_acknowledged=lambda: None,
            on_ended=self.ends.append,
        )
        self.sctp.start(port=5000, max_message_size=0)
        self.tag = struct.unpack_from("!L", self.sent[0], 16)[0]
        self.tell(chunk(1, struct.pack("!LLHHL", self.TAG, 1 << 20, 10, 10, self.TSN)), tag=0)
        cookie = self.sent[-1].partition(b"\x00\x07\x00\x1c")[2][:24]
        self.tell(chunk(10, cookie))

    def tell(self, *chunks: bytes, tag: int | None = None) -> None:
        """Let it have a packet."""
        head = struct.pack("!HHL", 5000, 5000, self.tag if tag is None else tag)
        body = b"".join(chunks)
        self.sctp.receive(head + struct.pack("<L", crc32c(head + bytes(4) + body)) + body)

    def data(self, offset: int, payload: bytes, *, flags: int = 3, protocol: int = 51) -> bytes:
        """A DATA chunk."""
        return chunk(0, struct.pack("!LHHL", self.TSN + offset, 1, 0, protocol) + payload, flags)

    def open_channel(self) -> list[object]:
        """DCEP OPEN; then what comes on the channel is put down in the list."""
        heard: list[object] = []
        label = b"oai-events"
        self.tell(self.data(0, struct.pack("!BBHLHH", 3, 0, 0, 0, len(label), 0) + label, protocol=50))
        self.channels[0].on("message", heard.append)
        return heard


async def test_text_that_is_not_utf_8_is_replaced() -> None:
    """The message comes, with a sign where it could not be read."""
    server = Server()
    heard = server.open_channel()
    server.tell(struct.pack("!BBHLHHL", 0, 3, 18, Server.TSN + 1, 1, 1, 51) + b"a\xff" + bytes(2))
    assert heard == ["a\ufffd"]
    server.sctp.close()


async def test_the_window_is_small_and_a_message_may_be_larger() -> None:
    """What is told is 128 KiB at most; a message that stays unfinished beyond 1 MiB is an error."""
    server = Server()
    server.open_channel()
    assert struct.unpack_from("!L", server.sent[-1], 20)[0] == 128 * 1024
    piece = bytes(60_000)
    server.tell(server.data(1, piece, flags=2))
    for number in range(2, 18):
        server.tell(server.data(number, piece, flags=0))
    with pytest.raises(ProtocolError, match="1 MiB"):
        server.tell(server.data(18, piece, flags=0))
    server.sctp.close()


async def test_chunks_far_beyond_a_gap_are_not_kept() -> None:
    """So many of them wait and no more; the missing one makes them heard."""
    server = Server()
    server.open_channel()
    association = server.sctp._sctp
    for number in range(2, 2000):
        server.tell(server.data(number, b"x"))
    assert len(association._sack_misordered) == 512
    server.tell(server.data(1, b"x"))
    assert (association._sack_misordered, association._last_received_tsn) == (set(), Server.TSN + 513)
    server.sctp.close()


async def test_gaps_beyond_what_was_sent_are_not_believed() -> None:
    """A packet full of them would keep aiortc busy for seconds."""
    server = Server()
    server.open_channel()
    association = server.sctp._sctp
    before = association._last_sacked_tsn
    gaps = struct.pack("!HH", 1, 65535) * 250
    server.tell(chunk(3, struct.pack("!LLHH", before, 1 << 20, 250, 0) + gaps))
    server.tell(chunk(3, struct.pack("!LLHH", before + 5000, 1 << 20, 1, 0) + struct.pack("!HH", 9, 3)))
    assert association._last_sacked_tsn == before
    server.sctp.close()


async def test_a_client_that_aborts_says_so() -> None:
    """The reason, once for the client, and once more for our own close."""
    server = Server()
    server.tell(chunk(6, b""))
    assert server.ends == ["the client ended SCTP"]
    server.sctp.close()


async def test_a_client_that_shuts_down_is_answered() -> None:
    """SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE: then it is over."""
    server = Server()
    server.tell(chunk(7, bytes(4)))
    assert (server.sent[-1][12], server.ends) == (8, [])
    server.tell(chunk(14, b""))
    assert server.ends == ["the client ended SCTP"]
    server.sctp.close()


async def test_an_association_that_never_was_says_so() -> None:
    """The client answers our INIT with an ERROR."""
    sent: list[bytes] = []
    ends: list[str] = []
    sctp = DataChannels(
        client=True,
        send=sent.append,
        on_channel=lambda _: None,
        on_acknowledged=lambda: None,
        on_ended=ends.append,
    )
    sctp.start(port=5000, max_message_size=0)
    head = struct.pack("!HH", 5000, 5000) + sent[0][16:20]
    body = chunk(9, b"")
    sctp.receive(head + struct.pack("<L", crc32c(head + bytes(4) + body)) + body)
    assert ends == ["error: SCTP could not be connected"]


CHUNK = st.builds(
    chunk,
    st.sampled_from([*range(15), 130, 192, 255]),
    st.one_of(st.binary(max_size=40), st.builds(lambda head: head + bytes(20), st.binary(max_size=8))),
    st.integers(0, 7),
)


@settings(max_examples=150, deadline=None)
@given(packets=st.lists(st.lists(CHUNK, min_size=1, max_size=3), max_size=6))
async def test_chunks_of_anything_end_in_time(packets: list[list[bytes]]) -> None:
    """With the right tag and checksum: dropped, obeyed, or an exception that ends the call; never a hang."""
    server = Server()
    server.open_channel()
    for chunks in packets:
        try:
            server.tell(*chunks)
        except Exception:
            break
    server.sctp.close()
