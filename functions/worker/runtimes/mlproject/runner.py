"""Runs one entry point of an MLproject:  python runner.py <workdir>

Reads <workdir>/job.json, runs the entry point's command in its projectDir, by `mlflow.projects`,
and writes <workdir>/result.json, with the command's exit code where that failed.
Exit code: 0 the job finished, 1 the job failed, 143 stopped by SIGTERM; any other is a crash.
The command is a program of its own below this one, in the same process group. It imports the job's
plugins (dioptra_custom), those of ours (dioptra_builtins) and assay_progress by PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

RUNNER_DIR = Path(__file__).resolve().parent
sys.path.insert(1, str(RUNNER_DIR.parent / "common"))

from assay_json_file import one_line  # noqa: E402
from assay_project_file import Job, read_job  # noqa: E402
from assay_reports import IMPORTABLE, make_importable  # noqa: E402
from assay_runner import Session, run  # noqa: E402


def main(session: Session) -> dict[str, Any]:
    """Runs the project; whatever its command does is the job's failure, not the runner's."""
    job = read_job(session.workdir)
    _enter(job, session.workdir)
    # Imported late: the log has to work before anything that can fail.
    try:
        from assay_project import ProjectFailed, run_project
    except ModuleNotFoundError as error:
        return session.fail(f"this worker's Python has no {error.name}, which MLprojects need")
    try:
        run_project(job, session.stop.hold)
    except ProjectFailed as error:
        code = {} if error.exit_code is None else {"exitCode": error.exit_code}
        return session.fail(str(error), **code)
    except Exception as error:  # MLflow's own, such as an API that refuses
        return session.fail(one_line(error))
    return {"status": "finished", "artifacts": []}


def _enter(job: Job, workdir: Path) -> None:
    from assay_own_environment import prepare_uv

    os.environ.setdefault("__JOB_ID", str(job.id))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    # A job must not tell anybody but its own server.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # There is no page at the address that MLflow would print at the end of each run.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    # `python` in a command is the worker's, with the packages of its pool.
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", os.defpath)])
    make_importable(os.environ, _importable(workdir), job.plugins_dir)
    if job.environment == "virtualenv":
        prepare_uv(os.environ, workdir)
    job.output_dir.mkdir(parents=True, exist_ok=True)
    os.chdir(job.project_dir)


def _importable(workdir: Path) -> Path:
    """A folder of what every command may import: beside ours there are files that it must not see."""
    folder = workdir / "importable"
    folder.mkdir(exist_ok=True)
    for target in (RUNNER_DIR / "dioptra_builtins", IMPORTABLE / "assay_progress.py"):
        link = folder / target.name
        if not link.is_symlink():
            link.symlink_to(target)
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: runner.py <workdir>")
    sys.exit(run(Path(sys.argv[1]).resolve(), main))
