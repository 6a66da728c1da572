"""``realtime-client transcribe``: sound files in, text, JSON or subtitles out.

``command`` reads the arguments, ``job`` does one file, ``forms`` are what is written, ``console`` is where:
the output, the complaints, and the one line of progress.
"""
