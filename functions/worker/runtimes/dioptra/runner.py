"""Runs one Dioptra job:  python runner.py <workdir>

Reads <workdir>/job.json, runs the job in its outputDir, writes <workdir>/result.json.
Exit code: 0 the job finished, 1 the job failed, 143 stopped by SIGTERM; any other is a crash.
The runner itself uses no network. The consumer keeps the job's state; plugin code talks to the
API with the credentials that the consumer put into the environment.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

RUNNER_DIR = str(Path(__file__).resolve().parent)
MAX_REASON = 500

from assay_job_file import Job, read_job, write_result  # noqa: E402
from assay_job_log import JobLog, configure_logging, open_log_fd, secrets_of  # noqa: E402
from assay_stop import stop_on_sigterm  # noqa: E402


def main(workdir: Path) -> int:
    log = JobLog(open_log_fd(os.environ), secrets_of(os.environ))
    stop_on_sigterm(log)
    configure_logging(log, os.environ.get("DIOPTRA_RQ_WORKER_LOG_LEVEL", "INFO").strip().upper())
    for stream in (sys.stdout, sys.stderr):
        # What a plugin prints is seen at once, and nothing is lost when the job is stopped.
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    try:
        result = _finish(workdir, read_job(workdir), log)
    except Exception as error:
        log.write("ERROR", "assay.job", _one_line(error))
        result = _failed(log.clean(_one_line(error)))
    write_result(workdir, result)
    return 0 if result["status"] == "finished" else 1


def _finish(workdir: Path, job: Job, log: JobLog) -> dict:
    """Runs the job; whatever plugin code raises is the job's failure, not the runner's."""
    # Imported late: the log has to work before anything that can fail.
    from assay_artifacts import ArtifactError
    from assay_engine import JobFailed, Progress, run_job

    _enter(job)
    progress = Progress(len(job.config.get("graph") or {}))
    try:
        artifacts = run_job(job, progress)
    except (ArtifactError, JobFailed) as error:
        reason = f"{progress.where}: {error}" if isinstance(error, ArtifactError) else str(error)
        log.write("ERROR", "assay.job", reason)
    except SystemExit as error:
        reason = f"{progress.where}: the code called exit({error.code!r})"
        log.write("ERROR", "assay.job", reason)
    except BaseException as error:  # KeyboardInterrupt and the like included
        reason = f"{progress.where}: {_one_line(error)}"
        log.write("ERROR", "assay.job", f"{reason}\n{_trace(error)}")
    else:
        return {"status": "finished", "artifacts": artifacts}
    return _failed(log.clean(" ".join(reason.split()))[:MAX_REASON])


def _enter(job: Job) -> None:
    # The script's folder must not hide a plugin of the same name as one of our files.
    sys.path[:] = [entry for entry in sys.path if entry != RUNNER_DIR]
    os.environ.setdefault("__JOB_ID", str(job.id))
    job.output_dir.mkdir(parents=True, exist_ok=True)
    os.chdir(job.output_dir.resolve())


def _failed(reason: str) -> dict:
    return {"status": "failed", "reason": reason, "artifacts": []}


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:MAX_REASON] if text else type(error).__name__


def _trace(error: BaseException) -> str:
    """The traceback from the first frame that is neither ours nor the engine's."""
    trace = error.__traceback__
    while trace is not None and _is_machinery(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    shown = error.__traceback__ if trace is None else trace
    return "".join(traceback.format_exception(type(error), error, shown)).rstrip()


def _is_machinery(filename: str) -> bool:
    path = Path(filename)
    return str(path.parent) == RUNNER_DIR or "dioptra" in path.parts and "site-packages" in path.parts


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: runner.py <workdir>")
    sys.exit(main(Path(sys.argv[1]).resolve()))
