"""The log of one job as JSON lines, one object per record.

The lines go to the file descriptor that the consumer hands over, apart from stdout and stderr,
which belong to the plugin code. The module names start with `assay_` because plugins are imported
by their own names into the same interpreter.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import sys
import threading
from datetime import UTC, datetime
from typing import Any, Mapping
from urllib.parse import urlsplit

import structlog

DEFAULT_FD = 3
# In UTF-16 units, as the worker protocol counts them.
MAX_MESSAGE = 8_000
MAX_LOGGER = 200
KEPT_END = 3_900
SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SECRET_NAME = re.compile(r"PASSWORD|PASSWD|TOKEN|SECRET|CREDENTIAL|API_?KEY|ACCESS_KEY", re.I)
SHORTEST_SECRET = 6


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """Values of the environment that no log line may contain, longest first."""
    found = {value for name, value in environ.items() if SECRET_NAME.search(name)}
    for value in environ.values():
        # A URL may carry a password of its own.
        if "://" in value and "@" in value:
            try:
                found.add(urlsplit(value).password or "")
            except ValueError:
                continue
    return sorted((s for s in found if len(s) >= SHORTEST_SECRET), key=len, reverse=True)


def open_log_fd(environ: Mapping[str, str]) -> int:
    """The descriptor named by ASSAY_LOG_FD (3 when unset) if it can be written, else stdout."""
    try:
        fd = int(environ.get("ASSAY_LOG_FD", DEFAULT_FD))
        writable = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE in (os.O_WRONLY, os.O_RDWR)
    except (OSError, ValueError):
        return sys.stdout.fileno()
    if not writable:
        return sys.stdout.fileno()
    if fd > 2:
        # A program started by plugin code must not keep the consumer's pipe open.
        os.set_inheritable(fd, False)
    return fd


class JobLog:
    """Writes records; safe to use from any thread."""

    def __init__(self, fd: int, secrets: list[str]) -> None:
        self._fd = fd
        self._secrets = secrets
        self._lock = threading.Lock()
        self._ended = False

    def clean(self, text: str) -> str:
        """The text without secrets, without what cannot be encoded, and not too long."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        units = text.encode("utf-16-le", "replace")
        if len(units) > 2 * MAX_MESSAGE:
            # The end of a long traceback tells most, the beginning says what it is about.
            head, tail = units[: 2 * KEPT_END], units[-2 * KEPT_END :]
            return f"{_decode(head)}\n[… {len(units) // 2 - 2 * KEPT_END} more …]\n{_decode(tail)}"
        return _decode(units)

    def write(self, severity: str, logger: str, message: str, created: float | None = None) -> None:
        at = datetime.now(UTC) if created is None else datetime.fromtimestamp(created, UTC)
        self.write_record(
            {
                "severity": severity,
                "logger": self.clean(logger)[:MAX_LOGGER],
                "message": self.clean(message),
                "time": at.isoformat(timespec="microseconds"),
            }
        )

    def write_record(self, record: Mapping[str, Any], last: bool = False) -> None:
        """Writes a record of any kind, whose texts must be clean; after the last one nothing comes."""
        line = json.dumps(record, ensure_ascii=False)
        data = memoryview(line.encode("utf-8") + b"\n")
        with self._lock:
            # A job that is being stopped may still have threads that say something.
            if self._ended:
                return
            self._ended = last
            while data:
                data = data[os.write(self._fd, data) :]


def _decode(units: bytes) -> str:
    # A cut may have torn a pair of surrogates apart; its half is dropped.
    return units.decode("utf-16-le", "ignore")


class _JobLogHandler(logging.Handler):
    def __init__(self, log: JobLog) -> None:
        super().__init__()
        self._log = log
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._log.write(_severity(record), record.name, self.format(record), record.created)
        except BrokenPipeError:
            # Nobody reads any more; the job goes on and its result file tells the rest.
            return
        except Exception:
            self.handleError(record)


def _severity(record: logging.LogRecord) -> str:
    """The name of the record's level; levels of one's own count as the next lower known one."""
    known = max(min(record.levelno, logging.CRITICAL), logging.DEBUG) // 10
    return SEVERITIES[known - 1]


def _as_text(_logger: Any, _method: str, event: Any) -> str:
    """A structlog event as `event  key=value …`."""
    fields = dict(event)
    message = str(fields.pop("event", ""))
    exception = fields.pop("exception", None)
    stack = fields.pop("stack", None)
    pairs = " ".join(f"{key}={value!r}" for key, value in fields.items())
    parts = [f"{message}  {pairs}".rstrip() if pairs else message, stack, exception]
    return "\n".join(str(part) for part in parts if part)


def configure_logging(log: JobLog, level: str) -> None:
    """Sends what logging, warnings and structlog produce to the job's log."""
    root = logging.getLogger()
    root.handlers[:] = [_JobLogHandler(log)]
    root.setLevel(level if level in SEVERITIES else "INFO")
    logging.captureWarnings(True)
    # A broken format string in plugin code must not print to stderr and look like a job error.
    logging.raiseExceptions = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.UnicodeDecoder(),
            _as_text,
        ],
        context_class=dict,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
