"""The stream of one call on the answered audio track: clips when something is played, else a sign of life.

Silence is not sent 50 times a second but as Opus does it in discontinuous transmission: a packet of
one byte, once a second. A browser's track is unmuted by it from the beginning, as with the live API
(inferred), and its jitter buffer takes what lies between for comfort noise, not for loss.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable

from realtime_mock.transports.clips import Clip
from realtime_mock.transports.pacer import Pacer
from realtime_mock.transports.rtcp import Sent
from realtime_mock.transports.rtp import CLOCK_RATES, FRAME_SECONDS, RtpPacket, write_rtp
from realtime_mock.transports.sdp_audio import AudioCodec, CodecName

_SILENCE: dict[CodecName, bytes] = {
    "opus": b"\xf8",  # 20 ms of which nothing is transmitted (RFC 6716 section 3.2.1)
    "PCMU": b"\xff" * 160,
    "PCMA": b"\xd5" * 160,
}


class AudioSender:
    """Sends one stream.

    Args:
        codec: what it is sent as.
        pacer: ticks every 20 ms; the stream is a member of it while it plays.
        send: gets each RTP packet, before SRTP.
        failed: is called with the exception when a clip cannot be encoded.
        now: the loop's time, in seconds, as in every method.
    """

    def __init__(
        self,
        codec: AudioCodec,
        *,
        ssrc: int,
        pacer: Pacer,
        send: Callable[[bytes], None],
        failed: Callable[[Exception], None],
        now: float,
    ) -> None:
        self._codec = codec
        self._ssrc = ssrc
        self._pacer = pacer
        self._send = send
        self._failed = failed
        self._rate = CLOCK_RATES[codec.name]
        self._frame = int(self._rate * FRAME_SECONDS)
        self._sequence_number = secrets.randbits(15)  # RFC 3711 section 3.3.1: far from the wrap at first
        self._started = now
        self._offset = secrets.randbits(32)
        self._timestamp = 0  # of the next packet, without the offset
        self._packets = self._octets = 0
        self._clips: deque[Clip] = deque()
        self._position = 0
        self._tick_is = self._tick  # one object, by which the pacer knows it

    def play(self, clip: Clip) -> None:
        """Send a clip, after those that are being sent."""
        self._clips.append(clip)
        self._pacer.add(self._tick_is, self._failed)

    def stop(self) -> None:
        """Send no more of any clip. Idempotent."""
        self._clips.clear()
        self._position = 0
        self._pacer.remove(self._tick_is)

    def keep_alive(self, now: float) -> None:
        """Send the sign of life, unless something is being played."""
        if not self._clips:
            self._emit(_SILENCE[self._codec.name], now, marker=False)

    def sent(self, now: float) -> Sent | None:
        """For the sender report; None when nothing was sent."""
        if not self._packets:
            return None
        return Sent(self._packets, self._octets, self._offset + self._elapsed(now))

    def _tick(self, now: float) -> None:
        while self._clips:
            payload = self._clips[0].payload(self._codec.name, self._position)
            if payload is not None:
                self._position += 1
                self._emit(payload, now, marker=self._elapsed(now) - self._timestamp > 2 * self._frame)
                return
            self._clips.popleft()
            self._position = 0
        self.stop()
        self._emit(_SILENCE[self._codec.name], now, marker=False)

    def _elapsed(self, now: float) -> int:
        return int((now - self._started) * self._rate)

    def _emit(self, payload: bytes, now: float, *, marker: bool) -> None:
        """Timestamps are contiguous within sound, and follow the clock after a pause (RFC 3551, 4.1)."""
        behind = self._elapsed(now) - self._timestamp
        if behind > 2 * self._frame:
            self._timestamp += behind
        packet = RtpPacket(
            self._ssrc,
            self._codec.payload_type,
            self._sequence_number,
            self._offset + self._timestamp,
            payload,
        )
        self._sequence_number = (self._sequence_number + 1) & 0xFFFF
        self._timestamp += self._frame
        self._packets += 1
        self._octets += len(payload)
        self._send(write_rtp(packet, marker=marker))
