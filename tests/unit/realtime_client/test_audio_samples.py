"""Arrays and iterators as sources: every rate, type and shape ends as frames of the same sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_client import AudioError
from realtime_client.audio.frames import framed
from realtime_client.audio.samples import Block, blocks
from realtime_client.audio.sources import AudioStream, Samples, as_source
from sounds import frames_of, heard, level, pitch, tone

INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", ">i2"]
FLOATS = ["float16", "float32", "float64", ">f4"]
A_FRAME = 0.02


def as_type(samples: Any, name: str) -> Any:
    """Floats from -1 to 1 in another type, over its full scale."""
    kind = np.dtype(name)
    if kind.kind == "f":
        return samples.astype(kind)
    full = 2 ** (8 * kind.itemsize - 1)
    return np.round(samples * (full - 1) + (full if kind.kind == "u" else 0)).astype(kind)


@settings(deadline=None, max_examples=40)
@given(
    rate=st.integers(4_000, 192_000),
    to=st.sampled_from([8_000, 24_000, 48_000]),
    channels=st.integers(1, 8),
    kind=st.sampled_from(INTEGERS + FLOATS),
    seconds=st.floats(0.2, 1.2),
)
def test_any_array_keeps_its_length_and_its_pitch(
    rate: int, to: int, channels: int, kind: str, seconds: float
) -> None:
    """Any rate, type and number of channels: as long to a frame, as high to 2 %, as loud to 5 %."""
    sine = tone(1000, seconds, rate)
    data = as_type(np.tile(sine[:, None], (1, channels)), kind)
    sound = asyncio.run(heard(Samples(data, rate), to))
    assert abs(len(sound) / to - len(sine) / rate) <= A_FRAME
    assert pitch(sound, to) == pytest.approx(1000, rel=0.02)
    assert level(sound) == pytest.approx(0.5, rel=0.05)


@settings(deadline=None, max_examples=40)
@given(cuts=st.lists(st.integers(0, 4800), max_size=12), channels=st.integers(1, 3))
def test_where_a_stream_is_cut_does_not_matter(cuts: list[int], channels: int) -> None:
    """Bytes cut anywhere, inside a sample too, give the frames of the whole."""
    data = as_type(np.tile(tone(440, 0.1, 8000)[:, None], (1, channels)), "int16")
    whole = data.tobytes()
    edges = [0, *sorted(cuts), len(whole)]

    async def chunks() -> AsyncIterator[bytes]:
        for start, end in pairwise(edges):
            yield whole[start:end]

    stream = AudioStream(chunks(), 8000, channels)
    assert asyncio.run(frames_of(stream, 48_000)) == asyncio.run(frames_of(Samples(data, 8000), 48_000))


async def test_samples_at_the_rate_of_the_transport_stay_as_they_are() -> None:
    """Nothing is scaled, dithered or filtered where there is nothing to do; the last frame is filled up."""
    data = np.random.default_rng(0).integers(-32768, 32767, 48_000, dtype=np.int16)
    assert b"".join(await frames_of(Samples(data, 48_000), 48_000)) == data.tobytes()
    assert await frames_of(Samples(data[:500], 24_000), 24_000) == [
        data[:480].tobytes(),
        data[480:500].tobytes() + bytes(920),
    ]


async def test_channels_are_mixed_with_equal_weight() -> None:
    """A sound on one channel of two comes at half its level; opposite channels cancel out."""
    sine = tone(500, 0.5, 24_000)
    one = np.stack([sine, np.zeros_like(sine)], axis=1)
    assert level(await heard(Samples(one, 24_000), 24_000)) == pytest.approx(0.25, rel=0.01)
    opposite = np.stack([sine, -sine], axis=1)
    assert level(await heard(Samples(opposite, 24_000), 24_000)) == 0


async def test_too_loud_is_clipped_and_does_not_wrap() -> None:
    """A float beyond full scale is the loudest sample, with its sign."""
    sound = await heard(Samples(np.array([1.5, -1.5, 2.0, -2.0] * 120), 24_000), 24_000)
    assert set(sound * 32768) == {32767.0, -32768.0}


async def test_an_array_of_arrays_is_read_in_any_memory_order() -> None:
    """A transpose, a slice and a list are arrays, too."""
    sine = tone(500, 0.1, 24_000).astype(np.float32)
    plain = await frames_of(Samples(sine, 24_000), 24_000)
    assert await frames_of(Samples(np.stack([sine, sine]).T, 24_000), 24_000) == plain
    assert await frames_of(Samples(np.repeat(sine, 2)[::2], 24_000), 24_000) == plain
    assert await frames_of(Samples(sine.tolist(), 24_000), 24_000) == plain  # type: ignore[arg-type]


def test_a_change_of_rate_goes_on_without_a_gap() -> None:
    """Half a second at 44.1 kHz and half a second at 8 kHz are one second."""
    parts = [Block(tone(400, 0.5, rate).astype(np.float32), rate) for rate in (44_100, 8_000)]
    assert len(list(framed(parts, 48_000))) == 50


def test_an_hour_is_resampled_piece_by_piece() -> None:
    """The first frames of an array come before the rest was looked at: there is a bad sample at its end."""
    data = np.zeros(3600 * 8000, dtype=np.float32)
    data[-1] = np.nan
    frames = framed(blocks(data, 8000), 24_000)
    assert [len(next(frames)) for _ in range(100)] == [960] * 100


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (np.zeros((2, 3, 4)), "an array is (samples,) or (samples, channels), not of shape (2, 3, 4)"),
        (np.array(1.0), "an array is (samples,) or (samples, channels), not of shape ()"),
        (
            np.zeros((2, 48_000)),
            "shape (2, 48000) would be 48000 channels; if it is (channels, samples), give its transpose",
        ),
        (np.zeros((48_000, 0)), "shape (48000, 0) would be 0 channels; "),
        (
            np.zeros(10, dtype=np.int64),
            "int64 does not say how loud full scale is; use int16, int32 or float32",
        ),
        (np.zeros(10, dtype=np.complex64), "complex64 does not say how loud full scale is; "),
        (np.array([0.0] * 8000 + [np.nan]), "at 1.0 s: there is a sample that is no finite number"),
        (np.array([0.0, -12_000.0]), "at 0.0 s: floats go from -1 to 1, and there is one of 12000; "),
    ],
)
async def test_what_could_mean_two_things_is_refused(data: Any, reason: str) -> None:
    """An array that would be heard as noise is an AudioError that says what to do, with the place."""
    with pytest.raises(AudioError) as caught:
        await frames_of(Samples(data, 8000), 24_000)
    assert str(caught.value)[: len(reason)] == reason


async def _gives(*chunks: Any) -> AsyncIterator[Any]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize(
    ("chunks", "reason"),
    [
        (("text",), "chunk 1: bytes or an array are wanted, not str"),
        ((b"\0\0", np.zeros((2, 100))), "chunk 2: shape (2, 100) would be 100 channels; "),
        ((b"\0", np.zeros(2)), "chunk 2: an array comes while the last sample of the bytes before"),
    ],
)
async def test_a_bad_chunk_is_named(chunks: tuple[Any, ...], reason: str) -> None:
    """The number of the chunk stands in the error."""
    with pytest.raises(AudioError) as caught:
        await frames_of(AudioStream(_gives(*chunks), 8000), 24_000)
    assert str(caught.value)[: len(reason)] == reason


async def test_arrays_and_other_types_in_a_stream() -> None:
    """Chunks may be arrays, or bytes of floats in two channels."""
    stereo = np.tile(tone(500, 0.1, 8000)[:, None], (1, 2)).astype(np.float32)
    wanted = await frames_of(Samples(stereo, 8000), 24_000)
    assert await frames_of(AudioStream(_gives(stereo[:300], stereo[300:]), 8000), 24_000) == wanted
    in_bytes = AudioStream(_gives(stereo.tobytes()), 8000, channels=2, dtype="float32")
    assert await frames_of(in_bytes, 24_000) == wanted


async def test_what_an_iterator_raises_passes_through() -> None:
    """A failure of the caller's own code is not dressed up as ours."""

    async def chunks() -> AsyncIterator[bytes]:
        yield bytes(100)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await frames_of(AudioStream(chunks(), 8000), 24_000)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Samples(np.zeros(1), 0), "a rate is from 1000 to 768000 samples a second, not 0"),
        (lambda: AudioStream(_gives(), 10**6), "a rate is from 1000 to 768000 samples a second, not 1000000"),
        (lambda: AudioStream(_gives(), 8000, channels=0), "a stream has one channel or more, not 0"),
        (
            lambda: AudioStream(_gives(), 8000, dtype="pcm16"),
            "'pcm16' is no numpy type; int16 is the usual one",
        ),
        (lambda: AudioStream(_gives(), 8000, dtype="int64"), "int64 does not say how loud full scale is; "),
        (lambda: as_source(np.zeros(1)), "ndarray is no source of sound: give a path, or say its rate with "),  # type: ignore[arg-type]
    ],
)
def test_a_source_that_cannot_be_is_refused_at_once(make: Any, reason: str) -> None:
    """Before anything is connected or opened."""
    with pytest.raises(AudioError) as caught:
        make()
    assert str(caught.value)[: len(reason)] == reason
