"""The command line without a server: what is a wrong call, what is written, and how it looks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from realtime_client.assembler import Transcript
from realtime_client.cli import main
from realtime_client.transcribe.console import Console, Output, fitting
from realtime_client.transcribe.forms import FORMS, in_file, one_line
from realtime_client.transcribe.job import clock

SEE = "(see realtime-client transcribe --help)"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, and a base URL where nobody listens."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-000000000000")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            "a.wav --langauge en",
            "realtime-client: unrecognized arguments: --langauge en (see realtime-client",
        ),
        ("", f"realtime-client transcribe: the following arguments are required: FILE {SEE}"),
        (
            "a.wav --json --srt",
            "realtime-client transcribe: argument --srt: not allowed with argument --json",
        ),
        (
            "a.wav --vad --commit",
            "realtime-client transcribe: argument --commit: not allowed with argument --vad",
        ),
        (
            "a.wav --timeout 0",
            "realtime-client transcribe: argument --timeout: '0' is no number of seconds up",
        ),
        (
            "a.wav --timeout nan",
            "realtime-client transcribe: argument --timeout: 'nan' is no number of seconds",
        ),
        ("a.wav --transport sip", "realtime-client transcribe: argument --transport: invalid choice: 'sip'"),
        (
            "a.wav --fast",
            "realtime-client: --fast needs --transport websocket: over WebRTC sound goes in real",
        ),
        ("a.wav b.wav --srt", "realtime-client: Subtitles of several files need --output with a folder that"),
        (
            "a/x.wav b/x.mp3 --output {tmp}",
            "realtime-client: 2 of the files would be written to {tmp}/x.txt.",
        ),
        (
            "a.wav --output {tmp}/no/x.txt",
            "realtime-client: --output {tmp}/no/x.txt: there is no folder {tmp}/no.",
        ),
        ("a.wav --output a.wav", "realtime-client: a.wav would be written over its own sound."),
        (
            "a.wav --base-url here",
            "realtime-client: base_url must begin with http:// or https://, not 'here'",
        ),
        (
            "a.wav --api-key-env NO_SUCH_KEY",
            "realtime-client: No API key: set NO_SUCH_KEY, or say where it is",
        ),
        (
            "a.wav --api-key-file {tmp}/key",
            "realtime-client: --api-key-file {tmp}/key: No such file or directory.",
        ),
        ("a.wav --api-key-file {tmp}", "realtime-client: --api-key-file {tmp}: Is a directory."),
    ],
)
def test_a_wrong_call_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    """Exit code 2, nothing on standard output, one line that says what to change."""
    try:
        code = main(["transcribe", *arguments.format(tmp=tmp_path).split()])
    except SystemExit as left:
        code = int(str(left.code))
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(sentence.format(tmp=tmp_path))


def test_no_command_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    """The commands are named."""
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert capsys.readouterr().err == (
        "realtime-client: the following arguments are required: COMMAND (see realtime-client --help)\n"
    )


@pytest.mark.parametrize("command", ["transcribe", "doctor"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With its exit codes."""
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert "exit code: 0 all is well, 1" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_told_before_anything_is_connected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody listens at the base URL, and nobody is asked."""
    missing = tmp_path / "nowhere.wav"
    assert main(["transcribe", str(missing)]) == 1
    assert capsys.readouterr().err == f"realtime-client: {missing}: No such file or directory\n"


TURN = Transcript("item_1", "Hello\nthere.", "final", start_ms=1_500, end_ms=2_000, usage={"seconds": 1})


def test_a_turn_in_each_form() -> None:
    """A line, a line with its file, an object; subtitles come at the end of the file."""
    texts = {name: form.of_turn("a.wav", TURN) for name, form in FORMS.items()}
    assert json.loads(texts.pop("json")) == {
        "file": "a.wav",
        "item_id": "item_1",
        "status": "final",
        "start_ms": 1_500,
        "end_ms": 2_000,
        "text": "Hello\nthere.",
        "usage": {"seconds": 1},
    }
    assert texts == {"text": "Hello there.\n", "named": "a.wav: Hello there.\n", "srt": "", "vtt": ""}
    assert {name: form.of_file([TURN], 3_000) for name, form in FORMS.items()} == {
        "text": "",
        "named": "",
        "json": "",
        "srt": "1\n00:00:01,500 --> 00:00:02,000\nHello\nthere.\n\n",
        "vtt": "WEBVTT\n\n00:00:01.500 --> 00:00:02.000\nHello\nthere.\n\n",
    }


def test_a_failed_turn_is_an_object_with_its_error() -> None:
    """And no line of text."""
    failed = Transcript("item_1", status="failed", error="too noisy")
    assert FORMS["text"].of_turn("a.wav", failed) == ""
    record = json.loads(FORMS["json"].of_turn("a.wav", failed))
    assert (record["status"], record["error"], record["text"]) == ("failed", "too noisy", "")


def test_times_are_those_of_the_file() -> None:
    """The session had heard some silence before it; what was kept from before counts as its start."""
    assert in_file(TURN, 1_600) == Transcript(
        "item_1", "Hello\nthere.", "final", start_ms=0, end_ms=400, usage={"seconds": 1}
    )
    assert in_file(Transcript("item_2"), 100) == Transcript("item_2")


def test_text_cannot_steer_the_terminal() -> None:
    """Line breaks, escapes and bells become spaces."""
    assert one_line("\x1b[2J Hello,\r\n\x07 wörld…\u2028 ") == "[2J Hello, wörld…"


@pytest.mark.parametrize(
    ("text", "columns", "fits"),
    [
        ("Hello", 5, "Hello"),
        ("Hello", 4, "Hell"),
        ("日本語", 5, "日本"),
        ("e\u0301e\u0301", 1, "e\u0301"),
        ("x", 0, ""),
    ],
)
def test_progress_fits_the_terminal(text: str, columns: int, fits: str) -> None:
    """Wide letters take two columns, accents that combine take none."""
    assert fitting(text, columns) == fits


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.99, "0:59"), (61, "1:01"), (3_600, "1:00:00"), (36_061, "10:01:01")],
)
def test_a_clock(seconds: float, text: str) -> None:
    """Minutes and seconds; hours when there are any."""
    assert clock(seconds) == text


def test_no_progress_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe nothing is rewritten."""
    console = Console()
    console.progress("a.wav  0:01")
    console.complain("too bad")
    said = capsys.readouterr()
    assert (console.has_progress, said.out, said.err) == (False, "", "realtime-client: too bad\n")


def test_progress_is_rewritten_and_goes_for_other_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, written only when it changes, taken away before output and complaints."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "8")
    console = Console()
    for text in ("a 0:00", "a 0:00", "a 0:01 and more"):
        console.progress(text)
    console.complain("oh")
    console.progress("a 0:02")
    console.clear()
    console.clear()
    clear = "\r\x1b[K"
    assert capsys.readouterr().err == (
        f"{clear}a 0:00{clear}a 0:01 {clear}realtime-client: oh\n{clear}a 0:02{clear}"
    )


def test_an_output_file_is_made_when_there_is_something_to_write(tmp_path: Path) -> None:
    """A failure leaves an old file as it was; text is there at once; letters are UTF-8."""
    path = tmp_path / "out.txt"
    path.write_text("old")
    output = Output(Console(), path)
    output.write("")
    assert path.read_text() == "old"
    output.write("né\n")
    assert path.read_bytes() == "né\n".encode()
    output.write("zwei\n")
    output.close()
    assert path.read_text(encoding="utf-8") == "né\nzwei\n"
