"""RTP and RTCP packets, held against aiortc's reading of them."""

from __future__ import annotations

import struct

import pytest
from aiortc import rtp as stock
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.transports.rtcp import Reception, Sent, sender_reports, write_report
from realtime_mock.transports.rtp import RtpPacket, duration, parse_rtp, write_rtp

PACKET = RtpPacket(ssrc=7, payload_type=111, sequence_number=9, timestamp=960, payload=b"sound")


def test_a_packet_is_what_was_written() -> None:
    """aiortc reads it, marker and all; and so do we."""
    data = write_rtp(PACKET, marker=True)
    theirs = stock.RtpPacket.parse(data)
    assert (theirs.ssrc, theirs.sequence_number, theirs.timestamp, theirs.marker) == (7, 9, 960, 1)
    assert (theirs.payload_type, theirs.payload, parse_rtp(data)) == (111, b"sound", PACKET)


def test_extensions_sources_and_padding_are_skipped() -> None:
    """The payload is what lies between them."""
    head = bytes([0x80 | 0x20 | 0x10 | 2, 111]) + struct.pack("!HII", 9, 960, 7) + bytes(8)
    data = head + b"\xbe\xde\x00\x01" + bytes(4) + b"sound" + b"\x00\x00\x03"
    assert parse_rtp(data) == PACKET


@given(st.binary(max_size=80))
def test_anything_is_a_packet_or_none(data: bytes) -> None:
    """No bytes make it raise."""
    packet = parse_rtp(data)
    assert packet is None or len(packet.payload) <= len(data) - 12


@pytest.mark.parametrize(
    ("payload", "milliseconds"),
    [
        (b"", 0),
        (b"\x00", 10),  # SILK, narrowband
        (b"\x18", 60),
        (b"\x60", 10),  # hybrid
        (b"\x68", 20),
        (b"\x80", 2.5),  # CELT
        (b"\xf8", 20),
        (b"\xf9ab", 40),  # two frames
        (b"\xfb\x03abc", 60),  # three
        (b"\xfb", 0),  # how many, it does not say
    ],
)
def test_opus_says_how_long_it_is(payload: bytes, milliseconds: float) -> None:
    """Read off the first byte or two."""
    assert duration("opus", payload) == int(milliseconds * 48)


def test_a_sender_report_is_read_by_aiortc() -> None:
    """Times, counters, one report block, and the name."""
    reception = Reception(PACKET, 48000)
    for number in (9, 10, 12, 13):
        reception.count(PACKET._replace(sequence_number=number, timestamp=960 * number), number * 0.02)
    reception.sender_report(0x12345678, now=1.0)
    data = write_report(5, "name", 0.5, Sent(3, 400, 2**32 + 77), [reception.block(1.5)])
    report, description = stock.RtcpPacket.parse(data)
    info = report.sender_info
    assert (report.ssrc, info.ntp_timestamp, info.rtp_timestamp) == (5, (2208988800 << 32) + 2**31, 77)
    assert (info.packet_count, info.octet_count) == (3, 400)
    (block,) = report.reports
    assert (block.ssrc, block.packets_lost, block.fraction_lost, block.highest_sequence) == (7, 1, 51, 13)
    assert (block.lsr, block.dlsr, block.jitter) == (0x12345678, 32768, 0)
    assert description.chunks[0].items == [(1, b"name")]
    assert list(sender_reports(data)) == [(5, (info.ntp_timestamp >> 16) & 0xFFFFFFFF)]


def test_nothing_sent_is_a_receiver_report() -> None:
    """Without blocks as well."""
    report, _ = stock.RtcpPacket.parse(write_report(5, "name", 0, None, []))
    assert (type(report), report.ssrc, report.reports) == (stock.RtcpRrPacket, 5, [])


def test_sequence_numbers_wrap_around_in_a_report() -> None:
    """65535 is followed by 65536, and nothing is lost; duplicates do not make the loss positive."""
    reception = Reception(PACKET._replace(sequence_number=65534), 8000)
    for number in (65534, 65535, 0, 1, 1):
        reception.count(PACKET._replace(sequence_number=number), 0)
    _, fraction, lost, highest = struct.unpack_from("!IB3sI", reception.block(0))
    assert (fraction, lost, highest) == (0, b"\xff\xff\xff", 65537)


@given(st.binary(max_size=120))
def test_anything_is_read_as_reports(data: bytes) -> None:
    """No bytes make it raise, and it ends."""
    assert len(list(sender_reports(data))) <= len(data) // 4
