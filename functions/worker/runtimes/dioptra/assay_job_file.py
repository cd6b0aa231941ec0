"""The job of a Dioptra entry point as the consumer hands it over (job.json)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay_json_file import directory, get, read_object


@dataclass(frozen=True)
class Job:
    id: int
    experiment_id: int
    config: dict[str, Any]
    parameters: dict[str, Any]
    plugins_dir: Path
    artifact_plugins_dir: Path
    artifact_tasks: dict[str, dict[str, Any]]
    artifact_inputs: dict[str, dict[str, Any]]
    output_dir: Path


def read_job(workdir: Path) -> Job:
    """Reads and checks `<workdir>/job.json`."""
    raw = read_object(workdir)
    return Job(
        id=get(raw, "jobId", int),
        experiment_id=get(raw, "experimentId", int),
        config=get(raw, "config", dict),
        parameters=get(raw, "parameters", dict, {}),
        plugins_dir=directory(raw, "pluginsDir"),
        artifact_plugins_dir=directory(raw, "artifactPluginsDir"),
        artifact_tasks=get(raw, "artifactTasks", dict, {}),
        artifact_inputs=get(raw, "artifactInputs", dict, {}),
        output_dir=directory(raw, "outputDir"),
    )
