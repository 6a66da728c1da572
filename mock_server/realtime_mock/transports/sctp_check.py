"""Whether an SCTP packet is well-formed (RFC 9260 section 3), asked before aiortc is given it.

aiortc unpacks some chunks without a look at their length, and a parameter of length zero keeps it busy
for ever. What is refused here is dropped, as RFC 9260 wants it for packets that cannot be read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_COMMON_HEADER = 12
_INIT, _RECONFIG = 1, 130

_PARAMETERS_FROM = {
    1: 16,  # INIT
    2: 16,  # INIT ACK
    4: 0,  # HEARTBEAT
    5: 0,  # HEARTBEAT ACK
    6: 0,  # ABORT
    9: 0,  # ERROR
    130: 0,  # RE-CONFIG
}
_RECONFIG_LENGTHS = {13: 12, 16: 8, 17: 8}  # RFC 6525 section 4: bytes that a parameter has at least


def is_well_formed(packet: bytes) -> bool:
    """Whether every chunk and every parameter can be read. The checksum is not looked at."""
    chunks = list(_items(packet, _COMMON_HEADER, "!BxH"))
    kinds = [kind for kind, _ in chunks]
    if None in kinds or not chunks or (_INIT in kinds and len(kinds) > 1):
        return False
    return all(_chunk(kind, body) for kind, body in chunks if kind is not None)


def _items(data: bytes, start: int, header: str) -> Iterator[tuple[int | None, bytes]]:
    """Kind and body of each chunk or parameter; the kind None for one whose length is impossible."""
    while start + 4 <= len(data):
        kind, length = struct.unpack_from(header, data, start)
        if length < 4 or start + length > len(data):
            yield None, b""
            return
        yield kind, data[start + 4 : start + length]
        start += length + -length % 4


def _chunk(kind: int, body: bytes) -> bool:
    if kind in _PARAMETERS_FROM:
        start = _PARAMETERS_FROM[kind]
        return len(body) >= start and all(
            number is not None and (kind != _RECONFIG or _reconfig(number, value))
            for number, value in _items(body, start, "!HH")
        )
    match kind:
        case 0:  # DATA: TSN, stream, sequence number, protocol, and at least one byte
            return len(body) > 12
        case 3:  # SACK: the two counts say how long it is
            return len(body) >= 12 and len(body) == 12 + 4 * sum(struct.unpack_from("!HH", body, 8))
        case 7:  # SHUTDOWN: a TSN
            return len(body) == 4
        case 192:  # FORWARD-TSN: a TSN, and pairs of 16 bits
            return len(body) >= 4 and len(body) % 4 == 0
    return True


def _reconfig(number: int, value: bytes) -> bool:
    return len(value) >= _RECONFIG_LENGTHS.get(number, 0) and len(value) % 2 == 0
