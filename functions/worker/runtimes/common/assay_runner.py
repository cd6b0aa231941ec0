"""What the runners of all kinds of jobs share: log, stop, result, and the record of what was used."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from assay_job_log import JobLog, configure_logging, open_log_fd, secrets_of
from assay_json_file import failed, one_line, write_result
from assay_reports import Reports
from assay_stop import Stop
from assay_usage import usage_record

HERE = str(Path(__file__).resolve().parent)


@dataclass(frozen=True)
class Session:
    """What a job has while it runs."""

    workdir: Path
    log: JobLog
    reports: Reports
    stop: Stop

    def fail(self, reason: str, detail: str = "", **more: Any) -> dict[str, Any]:
        """Logs why the job failed, and gives the result that says so."""
        self.log.write("ERROR", "assay.job", f"{reason}\n{detail}" if detail else reason)
        return failed(self.log.clean(reason), **more)


def run(workdir: Path, act: Callable[[Session], dict[str, Any]]) -> int:
    """Runs `act`, writes its result, and gives the exit code; however it ends, its use is told."""
    log = JobLog(open_log_fd(os.environ), secrets_of(os.environ))
    session = Session(workdir, log, Reports(log), Stop())
    session.stop.on_sigterm(
        lambda: log.write("WARNING", "assay.job", "stopped by SIGTERM"), lambda: _tell_last(session)
    )
    configure_logging(log, os.environ.get("DIOPTRA_RQ_WORKER_LOG_LEVEL", "INFO").strip().upper())
    for stream in (sys.stdout, sys.stderr):
        # What job code prints is seen at once, and nothing is lost when the job is stopped.
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    session.reports.listen(workdir, os.environ)
    # MLflow's client asks git for the version of the code; machines without git are no news.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        result = act(session)
    except Exception as error:
        result = session.fail(one_line(error))
    session.stop.hold()
    try:
        write_result(workdir, result)
    finally:
        _tell_last(session)
    return 0 if result["status"] == "finished" else 1


def leave_path(*folders: str) -> None:
    """Takes the runner's own folders off the path: they must not hide code of the same name."""
    sys.path[:] = [entry for entry in sys.path if entry not in (HERE, *folders)]


def _tell_last(session: Session) -> None:
    session.reports.end()
    try:
        session.log.write_record(usage_record(), last=True)
    except BrokenPipeError:
        # Nobody reads any more; the result file tells the rest.
        return
