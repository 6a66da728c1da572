"""Subtitles, to the byte."""

from __future__ import annotations

from realtime_client.assembler import Transcript
from realtime_client.subtitles import Cue, cues, srt, vtt


def turn(text: str, start_ms: int | None = None, end_ms: int | None = None) -> Transcript:
    """A finished turn."""
    return Transcript("item", text, "final", start_ms=start_ms, end_ms=end_ms)


def test_subrip() -> None:
    """Numbers from 1, times with a comma and at least two digits of hours, a blank line after each cue."""
    assert srt(
        [
            Cue(0, 1_999, "Hello."),
            Cue(3_723_004, 360_000_000, "An hour later,\nand a hundred."),
        ]
    ) == (
        "1\n00:00:00,000 --> 00:00:01,999\nHello.\n\n"
        "2\n01:02:03,004 --> 100:00:00,000\nAn hour later,\nand a hundred.\n\n"
    )


def test_webvtt() -> None:
    """A header, times with a point, and entities for what would be markup."""
    assert vtt([Cue(0, 500, "a < b & c --> d")]) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\na &lt; b &amp; c --&gt; d\n\n"
    )


def test_no_cues() -> None:
    """Silence has no subtitles; WebVTT has its header even so."""
    assert (srt([]), vtt([])) == ("", "WEBVTT\n\n")


def test_a_blank_line_would_end_a_cue() -> None:
    """So none stays in a text, and no line break at its ends."""
    assert srt([Cue(0, 1000, "\n One\n\n \r\nTwo\n")]) == "1\n00:00:00,000 --> 00:00:01,000\nOne\nTwo\n\n"


def test_times_are_those_of_the_sound() -> None:
    """Counted from where the sound began in the session."""
    turns = [turn("One", 1_500, 2_000), turn("Two", 2_500, 3_000)]
    assert cues(turns, start_ms=1_000, end_ms=9_000) == (Cue(500, 1_000, "One"), Cue(1_500, 2_000, "Two"))


def test_turns_without_text_make_no_cue() -> None:
    """A cough has a turn and no words."""
    assert cues([turn("  ", 0, 100), turn("Yes.", 200, 300)], end_ms=1_000) == (Cue(200, 300, "Yes."),)


def test_cues_do_not_overlap() -> None:
    """A turn's start includes what was kept from before the speech, and may lie in the turn before."""
    turns = [turn("One", 0, 1_000), turn("Two", 900, 1_800), turn("Three", 1_200, 1_500)]
    assert cues(turns, end_ms=2_000) == (
        Cue(0, 1_000, "One"),
        Cue(1_000, 1_800, "Two"),
        Cue(1_800, 1_800, "Three"),
    )


def test_a_turn_without_times_takes_the_room_there_is() -> None:
    """A committed file is one turn without times: it lasts as long as the sound."""
    assert cues([turn("All of it.")], end_ms=3_140) == (Cue(0, 3_140, "All of it."),)
    turns = [turn("One", 100, 500), turn("Two"), turn("Three", 900, None), turn("Four", 1_500, 1_600)]
    assert cues(turns, end_ms=2_000) == (
        Cue(100, 500, "One"),
        Cue(500, 900, "Two"),
        Cue(900, 1_500, "Three"),
        Cue(1_500, 1_600, "Four"),
    )
