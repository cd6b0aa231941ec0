"""Runs one job on Dioptra's task engine and tells its progress."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any, Callable

import dioptra.pyplugs
from dioptra.sdk.utilities.entrypoint_swaps import CompiledSwapsConfig, compile_swaps_config
from dioptra.task_engine import task_engine, validation
from dioptra.task_engine.issues import IssueSeverity

from assay_artifacts import argument_rules, link_artifact_inputs, load_artifact_tasks
from assay_job_file import Job
from assay_reports import Reports

LOG = logging.getLogger("assay.job")
ENGINE_LOG = logging.getLogger(task_engine.__name__)
STEP_RECORD = "Running step: %s"


class JobFailed(Exception):
    """The job failed for a reason that needs no traceback."""


class Steps(logging.Filter):
    """Says when each step starts and ends.

    The engine names a step only in a log record before the step, so this listens to that record
    and measures the one plugin call that follows.
    """

    def __init__(self, total: int, reports: Reports) -> None:
        super().__init__()
        self.where = "preparing"
        self._total = total
        self._reports = reports
        self._started = 0
        self._finished = 0
        self._depth = 0
        self._call: Callable[..., Any] = dioptra.pyplugs.call

    def __enter__(self) -> Steps:
        ENGINE_LOG.addFilter(self)
        dioptra.pyplugs.call = self._timed_call
        self._reports.place = self._place
        return self

    def __exit__(self, *_: object) -> None:
        dioptra.pyplugs.call = self._call
        ENGINE_LOG.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg != STEP_RECORD or not record.args:
            return True
        self._started += 1
        self.where = f"step {record.args[0]}"
        self._say(f"{self.where}: started ({self._started} of {self._total})")
        return False

    def _timed_call(self, *args: Any, **kwargs: Any) -> Any:
        self._depth += 1
        begun = time.monotonic()
        try:
            output = self._call(*args, **kwargs)
        finally:
            self._depth -= 1
        # A plugin may call other plugins through the registry; those are not steps.
        if self._depth == 0:
            self._finished += 1
            self._say(f"{self.where}: finished in {time.monotonic() - begun:.2f} s")
            if self._started == self._total:
                self.where = "saving artifacts"
        return output

    def _say(self, message: str) -> None:
        LOG.info("%s", message)
        self._reports.tell(self._part(0), message)

    def _place(self, fraction: float, message: str) -> tuple[float, str]:
        """A plugin knows how far its own step is."""
        return self._part(fraction), f"{self.where}: {message}" if message else self.where

    def _part(self, of_step: float) -> float:
        return min(1.0, (self._finished + of_step) / max(1, self._total))


def run_job(job: Job, steps: Steps) -> list[dict[str, Any]]:
    """Runs every step in the current directory and returns what the consumer has to store."""
    dioptra_dir = Path(".dioptra")
    dioptra_dir.mkdir(exist_ok=True)
    output_dir = Path.cwd()
    compiled = compile_swaps_config(job.config)
    tasks = load_artifact_tasks(
        job.artifact_tasks, compiled.config, job.artifact_plugins_dir, output_dir
    )
    _write_schema(dioptra_dir, tasks)
    _validate(compiled)
    deserialize_dir, artifacts_dir = dioptra_dir / "deserialize", dioptra_dir / "artifacts"
    inputs = link_artifact_inputs(job.artifact_inputs, artifacts_dir, deserialize_dir)
    # The engine logs its step line at INFO, which the chosen log level must not hide from us.
    ENGINE_LOG.setLevel(min(logging.INFO, logging.getLogger().level))
    with steps, compiled.public_errors():
        task_engine.run_experiment(
            experiment_desc=compiled.config,
            global_parameters=dict(job.parameters),
            artifact_parameters=inputs,
            artifact_tasks=tasks,
            artifacts_dir=artifacts_dir,
            plugins_dir=job.plugins_dir,
            serialize_dir=job.artifact_plugins_dir,
            deserialize_dir=deserialize_dir,
        )
    return _collect(dioptra_dir / "artifacts.json")


def _write_schema(dioptra_dir: Path, tasks: dict[str, dict[str, Any]]) -> None:
    # The validator prefers a schema in the working directory; the original worker puts the
    # arguments of the bound artifact tasks there in the same way.
    schema = validation.get_json_schema(default=True)
    schema["$defs"]["artifact_task"]["properties"]["name"]["enum"] = list(tasks)
    schema["$defs"]["artifact_task"]["allOf"] = argument_rules(tasks)
    (dioptra_dir / validation.SCHEMA_FILENAME).write_text(json.dumps(schema), "utf-8")


def _validate(compiled: CompiledSwapsConfig) -> None:
    issues = compiled.validate()
    for issue in issues:
        if issue.severity is IssueSeverity.WARNING:
            LOG.warning("%s", issue)
    errors = [str(issue) for issue in issues if issue.severity is IssueSeverity.ERROR]
    for error in errors:
        LOG.error("%s", error)
    if errors:
        raise JobFailed("the job's configuration is not valid: " + "; ".join(errors))


def _collect(artifacts_file: Path) -> list[dict[str, Any]]:
    if not artifacts_file.exists():
        return []
    return [
        {
            "name": artifact["name"],
            "path": artifact["path"],
            "isDir": Path(artifact["path"]).is_dir(),
            "taskPluginSnapshotId": artifact["task_plugin_snapshot_id"],
            "taskId": artifact["task_id"],
        }
        for artifact in json.loads(artifacts_file.read_text("utf-8"))["artifacts"]
    ]
