"""Runs one entry point of an MLproject, by MLflow's own `mlflow.projects`."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import Any, Callable, Iterator

import mlflow.projects
import yaml
from mlflow.entities import Param, RunTag, SourceType
from mlflow.exceptions import ExecutionException
from mlflow.projects import env_type
from mlflow.projects.submitted_run import LocalSubmittedRun
from mlflow.projects.utils import load_project
from mlflow.utils import PYTHON_VERSION, env_manager
from mlflow.utils.environment import _PythonEnv
from mlflow.utils.mlflow_tags import (
    MLFLOW_PROJECT_ENTRY_POINT,
    MLFLOW_SOURCE_NAME,
    MLFLOW_SOURCE_TYPE,
)
from mlflow.utils.process import ShellCommandException

from assay_own_environment import require_python
from assay_project_file import Job

LOG = logging.getLogger("assay.job")
# As many as MLflow takes in one call.
PARAMS_AT_ONCE = 100


class ProjectFailed(Exception):
    """The job failed for a reason that needs no traceback."""

    def __init__(self, reason: str, exit_code: int | None = None) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


def run_project(job: Job, hold: Callable[[], None]) -> None:
    """Runs the entry point in the current directory, which is the project's, to its end.

    `hold` is called when the command has ended, before anybody is told how.
    """
    _log_through_root()
    project = _load()
    entry = _entry_point(project, job)
    manager = _env_manager(project, job)
    _describe_run(project, entry, job)
    with _last_exit_code(hold) as exit_code:
        try:
            mlflow.projects.run(
                # Not the whole path: MLflow reads a `#` or a `.zip` in it as more than a folder.
                ".",
                entry_point=job.entry_point,
                parameters=job.parameters,
                experiment_id=str(job.experiment_id),
                run_id=job.run_id,
                backend="local",
                env_manager=manager,
                synchronous=True,
            )
        except ShellCommandException as error:
            code = str(error).splitlines()[0]
            raise ProjectFailed(
                f"the project's environment could not be made ({code}); the log says more"
            ) from error
        except ExecutionException as error:
            code = exit_code()
            if code is None:
                raise ProjectFailed(str(error)) from error
            raise ProjectFailed(
                f"entry point {job.entry_point}: the command ended with exit code {code}", code
            ) from error


def _log_through_root() -> None:
    """MLflow's own lines go where ours go, not to stderr."""
    logger = logging.getLogger("mlflow")
    logger.handlers[:] = []
    logger.propagate = True


def _load() -> Any:
    try:
        return load_project(".")
    except ExecutionException as error:
        raise ProjectFailed(str(error)) from error
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise ProjectFailed(f"the MLproject file is not valid: {error}") from error


def _entry_point(project: Any, job: Job) -> Any:
    """The entry point, once it is sure that its command can be filled in."""
    if project.databricks_spark_job_spec is not None:
        raise ProjectFailed("the MLproject file asks for a Databricks job, which is not run here")
    try:
        entry = project.get_entry_point(job.entry_point)
        entry.compute_parameters(job.parameters, storage_dir=None)
    except ExecutionException as error:
        raise ProjectFailed(str(error)) from error
    if not isinstance(entry.command, str):
        raise ProjectFailed(f"entry point {job.entry_point} has no command")
    try:
        entry.command.format(**dict.fromkeys(entry.parameters, ""))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ProjectFailed(
            f"the command of entry point {job.entry_point} cannot be filled in: "
            f"{type(error).__name__}: {error}"
        ) from error
    return entry


def _env_manager(project: Any, job: Job) -> str:
    if project.docker_env:
        raise ProjectFailed(
            "the project asks for a Docker image (docker_env), which workers do not run; "
            "use python_env, or let the pool have its packages"
        )
    if project.env_type == env_type.CONDA:
        LOG.warning(
            "the project asks for a conda environment (%s): conda is not here, so it runs with the "
            "packages of the worker's pool",
            os.path.basename(project.env_config_path),
        )
        return env_manager.LOCAL
    if job.environment == "local":
        return env_manager.LOCAL
    problem = require_python(_wanted_python(project.env_config_path))
    if problem is not None:
        raise ProjectFailed(problem)
    return env_manager.UV


def _wanted_python(file: str | None) -> str:
    if file is None:
        return PYTHON_VERSION
    try:
        return _PythonEnv.from_yaml(file).python
    except (OSError, TypeError, ValueError, yaml.YAMLError) as error:
        name = os.path.basename(file)
        raise ProjectFailed(f"{name} is not valid: {error}") from error


def _describe_run(project: Any, entry: Any, job: Job) -> None:
    """What MLflow logs to a run that it makes itself; ours was there before.

    Values go as they are, where MLflow puts those with special characters into the quotes of a
    shell: a script that logs the same parameter is then not refused for another value.
    """
    defaults = {name: given.default for name, given in entry.parameters.items()}
    values = {**defaults, **job.parameters}
    params = [Param(str(key), str(value)) for key, value in values.items()]
    tags = [
        RunTag(MLFLOW_SOURCE_TYPE, SourceType.to_string(SourceType.PROJECT)),
        RunTag(MLFLOW_PROJECT_ENTRY_POINT, job.entry_point),
    ]
    if project.name:
        tags.append(RunTag(MLFLOW_SOURCE_NAME, str(project.name)))
    client = mlflow.MlflowClient()
    client.log_batch(job.run_id, tags=tags)
    for start in range(0, len(params), PARAMS_AT_ONCE):
        client.log_batch(job.run_id, params=params[start : start + PARAMS_AT_ONCE])


@contextmanager
def _last_exit_code(hold: Callable[[], None]) -> Iterator[Callable[[], int | None]]:
    """MLflow only says that a command failed; its object of the running command knows the code."""
    ended: list[int] = []
    original = LocalSubmittedRun.wait

    def wait(run: LocalSubmittedRun) -> bool:
        try:
            return original(run)
        finally:
            hold()
            ended.append(run.command_proc.returncode)

    LocalSubmittedRun.wait = wait
    try:
        yield lambda: _as_shell_says(ended[-1]) if ended else None
    finally:
        LocalSubmittedRun.wait = original


def _as_shell_says(code: int) -> int:
    """A command that a signal ended has 128 and the signal's number, as shells tell it."""
    return code if code >= 0 else 128 - code
