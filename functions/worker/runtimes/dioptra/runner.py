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
from typing import Any

RUNNER_DIR = Path(__file__).resolve().parent
COMMON_DIR = RUNNER_DIR.parent / "common"
sys.path.insert(1, str(COMMON_DIR))

from assay_job_file import Job, read_job  # noqa: E402
from assay_json_file import one_line  # noqa: E402
from assay_reports import import_progress  # noqa: E402
from assay_runner import Session, leave_path, run  # noqa: E402


def main(session: Session) -> dict[str, Any]:
    """Runs the job; whatever plugin code raises is the job's failure, not the runner's."""
    job = read_job(session.workdir)
    # Imported late: the log has to work before anything that can fail.
    from assay_artifacts import ArtifactError
    from assay_engine import JobFailed, Steps, run_job

    _enter(job)
    steps = Steps(len(job.config.get("graph") or {}), session.reports)
    try:
        artifacts = run_job(job, steps)
    except JobFailed as error:
        return session.fail(str(error))
    except ArtifactError as error:
        return session.fail(f"{steps.where}: {error}")
    except SystemExit as error:
        return session.fail(f"{steps.where}: the code called exit({error.code!r})")
    except BaseException as error:  # KeyboardInterrupt and the like included
        return session.fail(f"{steps.where}: {one_line(error)}", _trace(error))
    return {"status": "finished", "artifacts": artifacts}


def _enter(job: Job) -> None:
    leave_path(str(RUNNER_DIR))
    import_progress(os.environ)
    os.environ.setdefault("__JOB_ID", str(job.id))
    job.output_dir.mkdir(parents=True, exist_ok=True)
    os.chdir(job.output_dir.resolve())


def _trace(error: BaseException) -> str:
    """The traceback from the first frame that is neither ours nor the engine's."""
    trace = error.__traceback__
    while trace is not None and _is_machinery(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    shown = error.__traceback__ if trace is None else trace
    return "".join(traceback.format_exception(type(error), error, shown)).rstrip()


def _is_machinery(filename: str) -> bool:
    path = Path(filename)
    ours = path.parent in (RUNNER_DIR, COMMON_DIR)
    return ours or "dioptra" in path.parts and "site-packages" in path.parts


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: runner.py <workdir>")
    sys.exit(run(Path(sys.argv[1]).resolve(), main))
