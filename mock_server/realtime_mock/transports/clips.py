"""Sound to play: encoded once for each codec, however many calls play it."""

from __future__ import annotations

from collections.abc import Iterator

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from realtime_mock.transports.rtp import CLOCK_RATES, FRAME_SECONDS
from realtime_mock.transports.sdp_audio import CodecName

INPUT_RATE = 24000
"""Hertz of the samples that a clip is made of: the API's own rate."""

_ENCODERS: dict[CodecName, str] = {"opus": "libopus", "PCMU": "pcm_mulaw", "PCMA": "pcm_alaw"}
_OPUS_BIT_RATE = 48000  # transparent for speech in one channel


class Clip:
    """Sound that can be played in any number of calls.

    Args:
        pcm: s16le, mono, 24 kHz. Silence is added to fill the last 20 ms.
    """

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self._encoded: dict[CodecName, _Payloads] = {}

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self._pcm) / 2 / INPUT_RATE

    def payload(self, codec: CodecName, index: int) -> bytes | None:
        """The payload of the ``index``-th 20 ms, None after the end.

        The first call to ask for it encodes it, 20 ms at a time, so that no length of sound holds the
        loop up; it stays encoded.
        """
        payloads = self._encoded.get(codec)
        if payloads is None:
            payloads = self._encoded[codec] = _Payloads(_encode(self._pcm, codec))
        return payloads.at(index)


class _Payloads:
    """What an encoder gave so far, and the rest of it."""

    def __init__(self, rest: Iterator[bytes]) -> None:
        self._rest = rest
        self._made: list[bytes] = []

    def at(self, index: int) -> bytes | None:
        while len(self._made) <= index:
            made = next(self._rest, None)
            if made is None:
                return None
            self._made.append(made)
        return self._made[index]


def _encode(pcm: bytes, codec: CodecName) -> Iterator[bytes]:
    """20 ms for 20 ms. Opus looks 6.5 ms ahead, so its last packet holds the tail."""
    rate = CLOCK_RATES[codec]
    encoder = av.CodecContext.create(_ENCODERS[codec], "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.format, encoder.layout, encoder.sample_rate = av.AudioFormat("s16"), av.AudioLayout("mono"), rate
    if codec == "opus":
        encoder.bit_rate = _OPUS_BIT_RATE
    resampler = AudioResampler("s16", "mono", rate, frame_size=int(rate * FRAME_SECONDS))
    for block in _blocks(pcm):
        for frame in resampler.resample(block):
            yield from map(bytes, encoder.encode(frame))
    for frame in resampler.resample(None):
        yield from map(bytes, encoder.encode(frame))
    yield from map(bytes, encoder.encode(None))


def _blocks(pcm: bytes) -> Iterator[AudioFrame]:
    size = 2 * int(INPUT_RATE * FRAME_SECONDS)
    for start in range(0, len(pcm), size):
        frame = AudioFrame(format="s16", layout="mono", samples=size // 2)
        frame.planes[0].update(pcm[start : start + size].ljust(size, b"\0"))
        frame.sample_rate = INPUT_RATE
        frame.pts = start // 2
        yield frame
