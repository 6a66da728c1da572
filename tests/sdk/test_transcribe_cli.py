"""``realtime-client transcribe`` as a program of its own, against the mock: text, subtitles, failures, Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from conftest import API_KEY, Serve, Server
from realtime_client import RealtimeClient, Transcript, TranscriptionSession
from realtime_client.transcribe.console import Console, Output
from realtime_client.transcribe.forms import FORMS, Form
from realtime_client.transcribe.job import Job, Way
from realtime_mock.scenario.library import fixtures
from sounds import tone, write

HELLO = fixtures("audio") / "hello.wav"
DICTATION = fixtures("audio") / "dictation.wav"
SENTENCES = [
    "Good morning, this is a dictation.",
    "The meeting starts at half past nine.",
    "Please bring the green folder.",
    "Thank you, that is all for today.",
]
FAST = ("--transport", "websocket", "--fast")
PATIENCE_S = 40


@dataclass(frozen=True, slots=True)
class Done:
    """How a run of the program ended."""

    code: int | None
    out: str
    err: str


@pytest.fixture
async def server(serve: Serve) -> Server:
    """Today's API, with four sentences."""
    return await serve(era="ga", scenario="dictation")


def environment(server: Server) -> dict[str, str]:
    """Only the base URL and the key are set."""
    return {**os.environ, "OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": API_KEY}


async def begin(server: Server, *arguments: object) -> Process:
    """Start the program; its output and its complaints come through pipes."""
    command = [sys.executable, "-m", "realtime_client.cli", "transcribe", *map(str, arguments)]
    return await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=PIPE, stdin=asyncio.subprocess.DEVNULL, env=environment(server)
    )


async def finish(process: Process) -> Done:
    """Wait for the end of the program."""
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate()
    return Done(process.returncode, (out or b"").decode(), err.decode())


async def transcribe(server: Server, *arguments: object) -> Done:
    """The program from its start to its end."""
    return await finish(await begin(server, *arguments))


@pytest.mark.parametrize(
    ("file", "way", "turns"),
    [(HELLO, (), 1), (HELLO, ("--transport", "websocket"), 1), (DICTATION, FAST, 4)],
    ids=["webrtc", "websocket", "fast"],
)
async def test_a_file_becomes_its_lines(server: Server, file: Path, way: tuple[str, ...], turns: int) -> None:
    """In a pipe: a line for each turn, in order, and nothing else."""
    text = "".join(f"{text}\n" for text in SENTENCES[:turns])
    assert await transcribe(server, file, *way) == Done(0, text, "")


async def test_subtitles_have_the_times_of_the_file(server: Server) -> None:
    """Over WebRTC silence has flown before the file begins; that time is taken off."""
    done = await transcribe(server, HELLO, "--srt")
    number, times, text = done.out.removesuffix("\n\n").split("\n")
    assert (done.code, done.err, number, text) == (0, "", "1", SENTENCES[0])
    start_ms, end_ms = (_milliseconds(time) for time in times.split(" --> "))
    assert_about(start_ms, end_ms, _utterances(HELLO)[0])


async def test_json_is_one_object_for_each_turn(server: Server) -> None:
    """With file, status, times, text and usage."""
    done = await transcribe(server, DICTATION, "--json", *FAST)
    records = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [record["text"] for record in records] == SENTENCES
    assert {(record["file"], record["status"]) for record in records} == {(str(DICTATION), "final")}
    assert list(records[0]) == ["file", "item_id", "status", "start_ms", "end_ms", "text", "usage"]
    for record, utterance in zip(records, _utterances(DICTATION), strict=True):
        assert_about(record["start_ms"], record["end_ms"], utterance)


def assert_about(start_ms: int, end_ms: int, utterance: dict[str, int]) -> None:
    """A turn holds its utterance, with up to half a second of silence on each side (padding, and the VAD's)."""
    assert 0 <= utterance["start_ms"] - start_ms <= 500
    assert 0 <= end_ms - utterance["end_ms"] <= 500


def _utterances(file: Path) -> list[dict[str, int]]:
    utterances: list[dict[str, int]] = json.loads(file.with_suffix(".json").read_text())["utterances"]
    return utterances


def _milliseconds(time: str) -> int:
    hours, minutes, seconds = time.replace(",", ".").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


async def test_several_files_of_several_kinds(server: Server, tmp_path: Path) -> None:
    """In their order, each in a session of its own, with the file before each line."""
    mp3 = write(tmp_path / "silence.mp3", np.zeros(44_100), 44_100, "libmp3lame", "stereo")
    done = await transcribe(server, mp3, HELLO, *FAST)
    assert done == Done(0, f"{HELLO}: {SENTENCES[0]}\n", "")


async def test_one_output_for_each_file(server: Server, tmp_path: Path) -> None:
    """A folder gets a file for each; nothing goes to standard output."""
    silence = write(tmp_path / "silence.flac", np.zeros(16_000), 16_000, "flac", "mono")
    done = await transcribe(server, silence, HELLO, "--vtt", "--output", tmp_path, *FAST)
    assert done == Done(0, "", "")
    assert (tmp_path / "silence.vtt").read_text() == "WEBVTT\n\n"
    header, cue = (tmp_path / "hello.vtt").read_text().removesuffix("\n\n").split("\n\n")
    assert (header, cue.split("\n")[1]) == ("WEBVTT", SENTENCES[0])


async def test_a_commit_makes_a_file_one_turn(server: Server, tmp_path: Path) -> None:
    """The server gives no times then: the cue is as long as the file."""
    path = write(tmp_path / "tone.flac", tone(440, 0.5, 48_000), 48_000, "flac", "mono")
    done = await transcribe(server, path, "--commit", "--srt")
    assert done == Done(0, f"1\n00:00:00,000 --> 00:00:00,500\n{SENTENCES[0]}\n\n", "")


async def test_a_failed_file_does_not_stop_the_others(server: Server, tmp_path: Path) -> None:
    """What was good is written, what was not is told, and the exit code is 1."""
    missing, text = tmp_path / "missing.wav", tmp_path / "text.wav"
    text.write_text("no sound at all")
    done = await transcribe(server, missing, HELLO, text, *FAST)
    assert (done.code, done.out) == (1, f"{HELLO}: {SENTENCES[0]}\n")
    first, second = done.err.splitlines()
    assert first == f"realtime-client: {missing}: No such file or directory"
    assert second.startswith(f"realtime-client: {text}: no sound file that FFmpeg can read (")


async def test_a_failed_turn_is_told_with_its_place(serve: Serve) -> None:
    """The others have their text; the exit code says that one is missing."""
    server = await serve(era="ga", scenario="noisy-line")
    done = await transcribe(server, DICTATION, *FAST)
    assert (done.code, done.out.splitlines()) == (1, [SENTENCES[0], *SENTENCES[2:]])
    assert done.err.startswith(f"realtime-client: {DICTATION}: the turn at 0:02 has no transcript: ")


async def test_a_refusal_is_explained_and_ends_it(serve: Serve) -> None:
    """A key that is not known is the same for every file: the first one is told, with the likely cause."""
    server = await serve(era="ga", api_keys=("sk-the-only-one-000000",))
    done = await transcribe(server, HELLO, DICTATION, HELLO)
    assert (done.code, done.out) == (1, "")
    lines = done.err.splitlines()
    assert lines[0] == f"realtime-client: {HELLO}: HTTP 401"
    assert any(line.startswith("     Fix: ") for line in lines)
    assert lines[-1] == "realtime-client: the answer would be the same for what is left; files not tried: 2"
    assert API_KEY not in done.err


async def test_the_key_comes_from_where_the_caller_says(serve: Serve, tmp_path: Path) -> None:
    """A file, whose line break is no part of the key; the variable is not looked at then."""
    key = tmp_path / "key"
    key.write_text("sk-the-only-one-000000\n")
    server = await serve(era="ga", api_keys=("sk-the-only-one-000000",))
    done = await transcribe(server, HELLO, "--api-key-file", key, *FAST)
    assert done == Done(0, "Hello from realtime-mock.\n", "")


async def test_too_short_a_commit_is_the_servers_error(server: Server, tmp_path: Path) -> None:
    """The server refuses to make a turn of 40 ms; that is told, and counts."""
    short = write(tmp_path / "short.wav", np.zeros(960), 24_000, "pcm_s16le", "mono")
    done = await transcribe(server, short, "--commit", *FAST)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(
        f"realtime-client: {short}: the server answers with an error: input_audio_buffer_commit_empty: "
    )


async def test_a_transcript_that_does_not_come_in_time(server: Server) -> None:
    """The first delta comes about a second after the commit; a tenth of a second is not enough."""
    done = await transcribe(server, HELLO, "--timeout", "0.1", *FAST)
    assert done.code == 1
    assert done.err.endswith(" 0.1 s after the end of the sound\n")


async def test_a_hangup_in_the_middle(server: Server) -> None:
    """What was understood is there, and the loss is told."""
    process = await begin(server, DICTATION)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        first = await process.stdout.readline()
        (call,) = server.emulator.calls
        await server.post(f"/v1/realtime/calls/{call.id}/hangup")
    done = await finish(process)
    assert (done.code, first.decode().strip()) == (1, SENTENCES[0])
    assert done.err.startswith(f"realtime-client: {DICTATION}: The ")


@pytest.mark.parametrize("signals", [1, 2])
async def test_ctrl_c_ends_it_cleanly(server: Server, signals: int) -> None:
    """The call is closed, and no traceback is seen; two at once, as ``timeout -s INT`` sends, are the same."""
    process = await begin(server, DICTATION)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        first = await process.stdout.readline()
        (call,) = server.emulator.calls
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
        done = await finish(process)
        assert call.peer is not None
        await call.peer.wait_closed()
    assert (first.decode().strip(), done) == (SENTENCES[0], Done(130, "", "realtime-client: stopped\n"))


async def test_what_was_understood_is_written_when_it_is_stopped(server: Server, tmp_path: Path) -> None:
    """Subtitles come at the end of a file, and that is an end, too."""
    understood = asyncio.Event()

    def noted(file: str, turn: Transcript) -> str:
        understood.set()
        return ""

    form = Form(".srt", turn=noted, whole=FORMS["srt"].whole)
    way = Way(TranscriptionSession("gpt-4o-transcribe"), "webrtc", "realtime", False, 30.0, form)
    output = Output(Console(), tmp_path / "out.srt")
    async with RealtimeClient(API_KEY, base_url=f"{server.url}/v1") as client, asyncio.timeout(PATIENCE_S):
        job = asyncio.create_task(Job(DICTATION, way, Console(), output).run(client))
        await understood.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    output.close()
    assert (tmp_path / "out.srt").read_text().split("\n")[2] == SENTENCES[0]


async def test_a_reader_that_has_gone(server: Server) -> None:
    """As after ``| head``: the program ends at the next line, without a complaint."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "realtime_client.cli", "transcribe", str(HELLO), *FAST]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=writing, stderr=PIPE, env=environment(server)
    )
    os.close(writing)
    os.close(reading)
    done = await finish(process)
    assert (done.code, done.err) == (1, "")


async def test_progress_on_a_terminal(server: Server) -> None:
    """One line, rewritten, with the place in the file and the text as it grows; at the end only the text is left."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "realtime_client.cli", "transcribe", str(HELLO), *FAST]
    terminal = {**environment(server), "TERM": "xterm", "COLUMNS": "60"}
    process = await asyncio.create_subprocess_exec(
        *command, stdin=theirs, stdout=theirs, stderr=theirs, env=terminal
    )
    # Our end of the terminal stays open, so that the kernel throws nothing away when the program has ended.
    async with asyncio.timeout(PATIENCE_S):
        screen = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(screen), os.fdopen(ours, "rb", 0)
        )
        shown = (await screen.readuntil(f"\x1b[K{SENTENCES[0]}\r\n".encode())).decode()
        assert await process.wait() == 0
    transport.close()
    os.close(theirs)
    *rewritten, last = shown.split("\r\x1b[K")
    assert rewritten[1] == "hello.wav  connecting"
    assert {line for line in rewritten if line.endswith("0:03  ")} != set()
    assert "hello.wav  0:03 / 0:03  Good morning" in rewritten
    assert last == f"{SENTENCES[0]}\r\n"
