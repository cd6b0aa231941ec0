"""Tells how far a job is:  assay_progress.report(0.4, "epoch 4 of 10")

For the code of jobs, in the job's own process as well as in programs that it starts. Only the
latest report of each half second is kept, and the very last one always, so it may be called often.
In a Dioptra job the fraction is that of the step that runs; in an MLproject, that of the job.

A line goes into a named pipe, whose path is in the environment: that reaches every program below
the job, where an open descriptor would not (`subprocess` closes all but three). The line is short
enough to be written at once or not at all, so programs that report together do not mix theirs.
Outside of a job, or when nobody reads any more, a report is dropped, and so it is where the pipe
stays full for a moment: telling must never stop or break what it tells of.
"""

from __future__ import annotations

import json
import math
import os
import select

PIPE = "ASSAY_PROGRESS_PIPE"
FULL_SECONDS = 0.2


def report(fraction: float, message: str = "") -> None:
    """Says that `fraction` (0 to 1) is done, with a word about it; ValueError for any other number."""
    number = float(fraction)
    if not math.isfinite(number) or not 0 <= number <= 1:
        raise ValueError(f"fraction must be from 0 to 1, not {fraction!r}")
    path = os.environ.get(PIPE)
    if path:
        _send(path, _line(number, str(message)))


def _line(fraction: float, message: str) -> bytes:
    text = " ".join(message.split())
    while True:
        line = json.dumps({"fraction": fraction, "message": text}).encode("ascii") + b"\n"
        if len(line) <= select.PIPE_BUF:
            return line
        # A character takes twelve bytes at most.
        text = text[: max(0, len(text) - 1 - (len(line) - select.PIPE_BUF) // 12)]


def _send(path: str, line: bytes) -> None:
    try:
        # Without a reader this fails instead of waiting for one.
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        if select.select([], [pipe], [], FULL_SECONDS)[1]:
            os.write(pipe, line)
    except (OSError, ValueError):
        # ValueError: too many open files for `select`.
        return
    finally:
        os.close(pipe)
