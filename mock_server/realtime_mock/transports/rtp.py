"""RTP packets (RFC 3550 section 5.1): read and written, and the few numbers that are read off a payload."""

from __future__ import annotations

import struct
from typing import NamedTuple

from realtime_mock.transports.sdp_audio import CodecName

RTP_FIRST_BYTES = range(128, 192)
"""The first byte (RFC 7983) of RTP and RTCP."""

CLOCK_RATES: dict[CodecName, int] = {"opus": 48000, "PCMU": 8000, "PCMA": 8000}
"""Hertz of the RTP timestamps."""

FRAME_SECONDS = 0.02
"""The sound in each packet that is sent."""

_HEADER = struct.Struct("!BBHII")
_RTCP_TYPES = range(192, 224)  # the second byte of RTCP (RFC 5761 section 4)
_PADDING, _EXTENSION, _MARKER = 0x20, 0x10, 0x80


class RtpPacket(NamedTuple):
    """What is read of a packet. Header extensions and contributing sources are skipped."""

    ssrc: int
    payload_type: int
    sequence_number: int
    timestamp: int
    payload: bytes


def is_rtcp(datagram: bytes) -> bool:
    """Whether a datagram with one of RTP_FIRST_BYTES is RTCP."""
    return len(datagram) > 1 and datagram[1] in _RTCP_TYPES


def parse_rtp(data: bytes) -> RtpPacket | None:
    """A packet, or None when it is none."""
    if len(data) < _HEADER.size:
        return None
    first, second, sequence_number, timestamp, ssrc = _HEADER.unpack_from(data)
    start, end = _HEADER.size + 4 * (first & 0x0F), len(data)
    if first & _EXTENSION:
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & _PADDING:
        end -= data[-1]
    if first >> 6 != 2 or end < start:
        return None
    return RtpPacket(ssrc, second & 0x7F, sequence_number, timestamp, data[start:end])


def write_rtp(packet: RtpPacket, *, marker: bool = False) -> bytes:
    """The packet as bytes. Numbers are cut to their fields' width."""
    second = packet.payload_type | (_MARKER if marker else 0)
    header = _HEADER.pack(
        0x80, second, packet.sequence_number & 0xFFFF, packet.timestamp & 0xFFFFFFFF, packet.ssrc
    )
    return header + packet.payload


def duration(codec: CodecName, payload: bytes) -> int:
    """How long a payload sounds, in RTP timestamp units, without decoding it (RFC 6716 section 3.1)."""
    if codec != "opus":
        return len(payload)
    if not payload:
        return 0
    config, code = payload[0] >> 3, payload[0] & 3
    if config < 12:  # SILK
        frame = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:  # hybrid
        frame = (480, 960)[config & 1]
    else:  # CELT
        frame = (120, 240, 480, 960)[config & 3]
    if code == 3:
        return frame * (payload[1] & 0x3F) if len(payload) > 1 else 0
    return frame * (2 if code else 1)


def signed(difference: int, bits: int) -> int:
    """A difference of two counters that wrap around, as the shorter way between them."""
    half = 1 << (bits - 1)
    return (difference + half) % (2 * half) - half
