"""SIGTERM ends the job within a second, even while the main thread is inside native code."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import Callable

EXIT_STOPPED = 143
# Programs that the job started may end by themselves, so that their use is counted, too.
CHILDREN_SECONDS = 0.4
LAST_LINES_SECONDS = 0.7
POLL_SECONDS = 0.01


class Stop:
    """Knows that the job is being stopped, from the moment the signal came."""

    def __init__(self) -> None:
        self._stopping = False

    def hold(self) -> None:
        """Never returns once the job is being stopped: the process ends in a moment, elsewhere.

        For a main thread whose program ended by the same signal, which must not count as failed.
        """
        while self._stopping:
            time.sleep(POLL_SECONDS)

    def on_sigterm(self, say: Callable[[], None], last: Callable[[], None]) -> None:
        """Calls `say` on SIGTERM, `last` when the job's programs have ended, and exits with 143.

        Python runs signal handlers in the main thread only, which may be inside a long call of numpy.
        The wake-up descriptor is written at once by the C handler, and a thread waits for it.
        """
        reader, writer = socket.socketpair()
        writer.setblocking(False)
        signal.signal(signal.SIGTERM, self._note)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        # The thread holds both ends: a socket that nobody refers to would be closed.
        arguments = (reader, writer, say, last)
        threading.Thread(target=self._wait, args=arguments, name="assay-stop", daemon=True).start()
        os.register_at_fork(after_in_child=_forget)

    def _note(self, *_: object) -> None:
        self._stopping = True

    def _wait(
        self,
        reader: socket.socket,
        _writer: socket.socket,
        say: Callable[[], None],
        last: Callable[[], None],
    ) -> None:
        while reader.recv(1) != bytes([signal.SIGTERM]):
            continue
        self._stopping = True
        _end_group()
        # The consumer may have stopped reading: lines get their chance, the exit does not wait.
        lines = threading.Thread(target=_say_all, args=(say, last), daemon=True)
        lines.start()
        lines.join(LAST_LINES_SECONDS)
        os._exit(EXIT_STOPPED)


def _say_all(say: Callable[[], None], last: Callable[[], None]) -> None:
    say()
    _await_children(CHILDREN_SECONDS)
    last()


def _end_group() -> None:
    """The consumer signals the whole group; whoever signals this process alone means all of it."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM)


def _await_children(seconds: float) -> None:
    """Waits for whatever the job started, and leaves its exit code to who asks for it."""
    until = time.monotonic() + seconds
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while time.monotonic() < until:
        try:
            os.waitid(os.P_ALL, 0, options)
        except (AttributeError, ChildProcessError):
            return
        time.sleep(POLL_SECONDS)


def _forget() -> None:
    # A forked child shares the socket: its own SIGTERM must not end the job.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
