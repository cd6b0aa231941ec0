"""Progress of a job: what the runner and the job's code tell, as records on the log descriptor.

Job code reaches the runner through a named pipe (see assay_progress.py). Code may report as often
as it likes: of each half second only the latest goes on, and the very last one always does.
"""

from __future__ import annotations

import json
import math
import os
import select
import sys
import threading
import time
from pathlib import Path
from typing import Callable, MutableMapping

from assay_job_log import JobLog

IMPORTABLE = Path(__file__).resolve().parent.parent / "importable"
PIPE = "ASSAY_PROGRESS_PIPE"
EVERY_SECONDS = 0.5
MAX_MESSAGE = 500
# Longer than any line that `assay_progress` writes.
MAX_LINE = 8_192

Told = tuple[float, str]


class Reports:
    """Keeps the latest report until it is due; safe to use from any thread."""

    def __init__(self, log: JobLog) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._pipe: int | None = None
        self._rest = b""
        self._waiting: Told | None = None
        self._said = -math.inf
        self.place: Callable[[float, str], Told] = lambda fraction, message: (fraction, message)
        """What a report of job code means for the job as a whole."""

    def listen(self, workdir: Path, environ: MutableMapping[str, str]) -> None:
        """Lets job code report; where there are no named pipes its reports go nowhere."""
        path = workdir / "progress.pipe"
        try:
            os.mkfifo(path, 0o600)
            # A writer of our own, so that the pipe does not end with each program that writes.
            self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except (AttributeError, OSError):
            return
        environ[PIPE] = str(path)
        threading.Thread(target=self._follow, name="assay-progress", daemon=True).start()

    def tell(self, fraction: float, message: str) -> None:
        """Reports for the whole job."""
        with self._lock:
            self._waiting = (fraction, message)
            self._say_if_due()
            if self._waiting is not None and self._pipe is not None:
                self._wake(self._pipe)

    def end(self) -> None:
        """Says the last word, whenever the one before it was said."""
        with self._lock:
            self._read()
            self._say()

    def _follow(self) -> None:
        while self._pipe is not None:
            select.select([self._pipe], [], [], self._wait_seconds())
            with self._lock:
                self._read()
                self._say_if_due()

    def _wait_seconds(self) -> float | None:
        with self._lock:
            if self._waiting is None:
                return None
            return max(0.0, self._said + EVERY_SECONDS - time.monotonic())

    def _wake(self, pipe: int) -> None:
        try:
            os.write(pipe, b"\n")
        except OSError:
            # Full: so there is something to wake for already.
            return

    def _read(self) -> None:
        """Takes over what is in the pipe, at most as much as fits into one at a time."""
        if self._pipe is None:
            return
        try:
            data = self._rest + os.read(self._pipe, 1 << 20)
        except OSError:
            return
        *lines, rest = data.split(b"\n")
        self._rest = rest if len(rest) <= MAX_LINE else b""
        for line in reversed(lines):
            told = _parse(line)
            if told is not None:
                self._waiting = self.place(*told)
                return

    def _say_if_due(self) -> None:
        if time.monotonic() >= self._said + EVERY_SECONDS:
            self._say()

    def _say(self) -> None:
        if self._waiting is None:
            return
        fraction, message = self._waiting
        self._waiting = None
        self._said = time.monotonic()
        try:
            text = self._log.clean(message)[:MAX_MESSAGE]
            self._log.write_record({"progress": round(fraction, 4), "message": text})
        except BrokenPipeError:
            # Nobody reads any more; the job goes on.
            return


def make_importable(environ: MutableMapping[str, str], *folders: Path) -> None:
    """Lets programs that the job starts import from these folders, after what they have already."""
    before = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    environ["PYTHONPATH"] = os.pathsep.join([*map(str, folders), *before])


def import_progress(environ: MutableMapping[str, str]) -> None:
    """Lets this process and those below it import `assay_progress`, unless a plugin has that name."""
    sys.path.append(str(IMPORTABLE))
    make_importable(environ, IMPORTABLE)


def _parse(line: bytes) -> Told | None:
    """A report as job code wrote it; anybody below the job can write, so it may be anything."""
    if not line:
        return None
    try:
        raw = json.loads(line)
        fraction, message = float(raw["fraction"]), str(raw["message"])
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    return (fraction, message) if 0 <= fraction <= 1 else None
