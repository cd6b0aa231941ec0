"""What the consumer writes (job.json) and reads (result.json)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class JobFileError(ValueError):
    """job.json is not what the runner was promised."""


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
    try:
        raw = json.loads((workdir / "job.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise JobFileError(f"job.json cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise JobFileError("job.json is not an object")
    return Job(
        id=_get(raw, "jobId", int),
        experiment_id=_get(raw, "experimentId", int),
        config=_get(raw, "config", dict),
        parameters=_get(raw, "parameters", dict, {}),
        plugins_dir=_directory(raw, "pluginsDir"),
        artifact_plugins_dir=_directory(raw, "artifactPluginsDir"),
        artifact_tasks=_get(raw, "artifactTasks", dict, {}),
        artifact_inputs=_get(raw, "artifactInputs", dict, {}),
        output_dir=_directory(raw, "outputDir"),
    )


def write_result(workdir: Path, result: dict[str, Any]) -> None:
    """Writes `<workdir>/result.json`; a reader sees all of it or none."""
    partial = workdir / f".result.{os.getpid()}.partial"
    with partial.open("w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, workdir / "result.json")


def _get(raw: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = raw.get(name)
    if value is None and default is not None:
        return default
    # bool is an int for Python, but not an id.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise JobFileError(f"job.json: {name} must be a JSON {_JSON_NAMES[kind]}")
    return value


def _directory(raw: dict[str, Any], name: str) -> Path:
    path = Path(_get(raw, name, str))
    if not path.is_absolute():
        raise JobFileError(f"job.json: {name} must be an absolute path")
    return path


_JSON_NAMES = {int: "integer", dict: "object", str: "string"}
