"""Speech as Opus packets of 20 ms, for generators that only send."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

RATE = 48000
FRAME = RATE // 50
BIT_RATE = 32000


def write_packets(wav: Path, to: Path) -> int:
    """Encode a sound file (any that FFmpeg reads) into a JSON list of base64 packets; how many there are."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "mono", "s16", BIT_RATE
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=FRAME)
    packets: list[bytes] = []
    with av.open(str(wav)) as source:
        for frame in source.decode(audio=0):
            for block in resampler.resample(frame):
                packets += [bytes(packet) for packet in encoder.encode(block)]
    to.write_text(json.dumps([base64.b64encode(packet).decode() for packet in packets]), encoding="ascii")
    return len(packets)
