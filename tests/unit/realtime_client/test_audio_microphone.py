"""The microphone, with a stand-in for sounddevice: this machine has no sound card, and CI has none either."""

from __future__ import annotations

import asyncio
import builtins
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from realtime_client import AudioError
from realtime_client.audio.microphone import Microphone
from sounds import frames_of, level, pitch, tone


class PortAudioError(Exception):
    """As sounddevice has it."""


class Device:
    """The stand-in for the module: one device of 44.1 kHz, which the test lets speak."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        self.streams: list[Any] = []
        self.started = asyncio.Event()
        self.closed = False
        self._loop = asyncio.get_running_loop()

    def query_devices(self, device: Any, kind: str) -> dict[str, Any]:
        assert kind == "input"
        if device not in (None, "Built-in"):
            raise ValueError(f"No input device matching {device!r}")
        return {"default_samplerate": 44_100.0}

    def RawInputStream(self, **settings: Any) -> Any:
        self.settings = settings
        return SimpleNamespace(start=self._start, close=self._close)

    def speak(self, samples: Any) -> None:
        """Give samples to the callback, in blocks, as PortAudio's thread does."""
        size = self.settings["blocksize"]
        for start in range(0, len(samples), size):
            block = samples[start : start + size]
            self.settings["callback"](memoryview(block.tobytes()), len(block), None, None)

    def unplug(self) -> None:
        self.settings["finished_callback"]()

    def _start(self) -> None:
        self._loop.call_soon_threadsafe(self.started.set)

    def _close(self) -> None:
        self.closed = True


@pytest.fixture
async def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    made = Device()
    monkeypatch.setitem(sys.modules, "sounddevice", made)  # type: ignore[arg-type]
    return made


def spoken(seconds: float) -> Any:
    """A tone as the device gives it."""
    return (tone(1000, seconds, 44_100) * 32767).astype(np.int16)


async def test_what_is_spoken_becomes_frames(device: Device) -> None:
    """The device runs at its own rate, one channel, in blocks of 20 ms; half a second is 25 frames."""
    recording = asyncio.create_task(frames_of(Microphone(seconds=0.5), 24_000))
    async with asyncio.timeout(10):
        await device.started.wait()
        device.speak(spoken(0.7))
        frames = await recording
    sound = np.frombuffer(b"".join(frames), dtype="<i2") / 32768
    assert len(frames) == 25
    assert pitch(sound, 24_000) == pytest.approx(1000, rel=0.005)
    assert level(sound) == pytest.approx(0.5, rel=0.02)
    assert device.closed
    assert {name: device.settings[name] for name in ("samplerate", "blocksize", "channels", "dtype")} == {
        "samplerate": 44_100,
        "blocksize": 882,
        "channels": 1,
        "dtype": "int16",
    }


async def test_stopping_lets_the_device_go(device: Device) -> None:
    """A microphone without an end is ended by cancelling."""
    recording = asyncio.create_task(frames_of(Microphone("Built-in"), 24_000))
    async with asyncio.timeout(10):
        await device.started.wait()
        device.speak(spoken(0.1))
        recording.cancel()
        with pytest.raises(asyncio.CancelledError):
            await recording
    assert device.closed


async def test_a_device_that_goes_away(device: Device) -> None:
    """What it gave before is kept; then it is an error."""
    frames: list[bytes] = []
    recording = asyncio.create_task(frames_of(Microphone(), 24_000, frames))
    async with asyncio.timeout(10):
        await device.started.wait()
        device.speak(spoken(0.1))
        device.unplug()
        with pytest.raises(AudioError, match="The microphone stopped: was it unplugged"):
            await recording
    assert len(frames) >= 4


async def test_a_slow_connection_loses_the_oldest(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    """Five seconds wait; what is more is let go, oldest first, with one warning."""
    async with asyncio.timeout(10), Microphone(seconds=5.0).opened(24_000) as sound:
        device.speak(np.concatenate([spoken(1.0), np.zeros(5 * 44_100, dtype=np.int16)]))
        peaks = [np.abs(np.frombuffer(frame, dtype="<i2")).max() async for frame in sound.frames]
    assert (len(peaks), max(peaks)) == (250, 0)
    assert caplog.messages == ["the connection is slower than the microphone: sound is lost"]


async def test_no_such_device(device: Device) -> None:
    """PortAudio's own words, with the name that was asked for."""
    with pytest.raises(AudioError) as caught:
        await frames_of(Microphone("Webcam"), 24_000)
    assert str(caught.value) == "microphone 'Webcam': No input device matching 'Webcam'"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (ModuleNotFoundError("No module"), "The microphone needs a package more: pip install sounddevice"),
        (OSError("PortAudio library not found"), "sounddevice finds no PortAudio on this machine; on Debian"),
    ],
)
async def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: str
) -> None:
    """Without the package, or without the library that it needs, it is said how to get it."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "sounddevice":
            raise failure
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(AudioError) as caught:
        await frames_of(Microphone(), 24_000)
    assert str(caught.value)[: len(reason)] == reason
