"""The job of an MLproject workflow as the consumer hands it over (job.json)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay_json_file import JobFileError, directory, get, read_object

ENVIRONMENTS = ("local", "virtualenv")


@dataclass(frozen=True)
class Job:
    id: int
    experiment_id: int
    run_id: str
    project_dir: Path
    entry_point: str
    parameters: dict[str, str]
    environment: str
    plugins_dir: Path
    output_dir: Path


def read_job(workdir: Path) -> Job:
    """Reads and checks `<workdir>/job.json`."""
    raw = read_object(workdir)
    return Job(
        id=get(raw, "jobId", int),
        experiment_id=get(raw, "experimentId", int),
        run_id=get(raw, "runId", str),
        project_dir=directory(raw, "projectDir"),
        entry_point=get(raw, "entryPoint", str, "main"),
        parameters=_texts(raw, "parameters"),
        environment=_environment(raw),
        plugins_dir=directory(raw, "pluginsDir"),
        output_dir=directory(raw, "outputDir"),
    )


def _texts(raw: dict[str, Any], name: str) -> dict[str, str]:
    values = get(raw, name, dict, {})
    for key in values:
        get(values, key, str)
    return values


def _environment(raw: dict[str, Any]) -> str:
    given = get(raw, "environment", str, "local")
    if given not in ENVIRONMENTS:
        raise JobFileError(f"job.json: environment must be one of {', '.join(ENVIRONMENTS)}")
    return given
