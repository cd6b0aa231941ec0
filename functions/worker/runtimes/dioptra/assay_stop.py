"""SIGTERM ends the job within a second, even while the main thread is inside native code."""

from __future__ import annotations

import os
import signal
import socket
import threading

from assay_job_log import JobLog

EXIT_STOPPED = 143
LAST_LINE_SECONDS = 0.5


def stop_on_sigterm(log: JobLog) -> None:
    """Logs one line on SIGTERM and exits with 143.

    Python runs signal handlers in the main thread only, which may be inside a long call of numpy.
    The wake-up descriptor is written at once by the C handler, and a thread waits for it.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    # The thread holds both ends: a socket that nobody refers to would be closed.
    arguments = (reader, writer, log)
    threading.Thread(target=_wait, args=arguments, name="assay-stop", daemon=True).start()
    os.register_at_fork(after_in_child=_forget)


def _wait(reader: socket.socket, _writer: socket.socket, log: JobLog) -> None:
    while reader.recv(1) != bytes([signal.SIGTERM]):
        continue
    # The consumer may have stopped reading: the line gets its chance, the exit does not wait.
    line = threading.Thread(target=_say, args=(log,), daemon=True)
    line.start()
    line.join(LAST_LINE_SECONDS)
    os._exit(EXIT_STOPPED)


def _say(log: JobLog) -> None:
    log.write("WARNING", "assay.job", "stopped by SIGTERM")


def _forget() -> None:
    # A forked child shares the socket: its own SIGTERM must not end the job.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
