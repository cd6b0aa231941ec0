"""Artifact tasks: finding their classes, and serialising so that the consumer finds each file."""

from __future__ import annotations

import ast
import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dioptra.sdk.api.artifact import ArtifactTaskInterface
from dioptra.sdk.utilities.contexts import import_temp

LOG = logging.getLogger("assay.job")


class ArtifactError(Exception):
    """An artifact task is missing, or what it wrote cannot be handed over."""


@dataclass
class ArtifactTask:
    """Stands in for the task class when the engine serialises, and checks what comes back."""

    cls: type[ArtifactTaskInterface]
    output_dir: Path
    written: dict[str, Path] = field(default_factory=dict)

    def serialize(self, working_dir: Path, name: str, contents: Any, **args: Any) -> Path:
        path = self.cls.serialize(working_dir, name, contents, **args)
        if not isinstance(path, Path):
            raise ArtifactError(f"serialize returned {type(path).__name__}, not a pathlib.Path")
        if not path.exists():
            raise ArtifactError(f"serialize returned {path.name}, which does not exist")
        path = self._inside(name, path)
        self.written[name] = path
        LOG.info("artifact %s: %s (%s)", name, path.name, _size(path))
        return path

    def _inside(self, name: str, path: Path) -> Path:
        """The consumer takes only what lies in the output folder; anything else is copied there."""
        real = path.resolve()
        if real.is_relative_to(self.output_dir) and not path.is_symlink():
            return real
        copy = self.output_dir / ".dioptra" / "collected" / name / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        return Path((shutil.copytree if real.is_dir() else shutil.copy2)(real, copy))


def load_artifact_tasks(
    wanted: dict[str, dict[str, Any]], config: dict[str, Any], plugins_dir: Path, output_dir: Path
) -> dict[str, dict[str, Any]]:
    """Entries for the engine, keyed by the task's class name as its artifact graph names it."""
    outputs = config.get("artifact_outputs") or {}
    entries: dict[str, dict[str, Any]] = {}
    for name, output in outputs.items():
        if name not in wanted:
            raise ArtifactError(f"artifact {name}: no artifact task was handed over for it")
        cls = _load_class(wanted[name].get("task"), plugins_dir)
        if cls.__name__ != output["task"]["name"]:
            raise ArtifactError(
                f"artifact {name}: the graph asks for {output['task']['name']}, not {cls.__name__}"
            )
        entries[cls.__name__] = {
            "task": ArtifactTask(cls, output_dir),
            "plugin_snapshot_id": wanted[name].get("pluginSnapshotId"),
            "task_id": wanted[name].get("taskId"),
        }
    return entries


def argument_rules(entries: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The JSON-schema conditions under which each task accepts its `args`."""
    rules = []
    for name, entry in entries.items():
        properties = entry["task"].cls.validation()
        if properties is not None:
            rules.append(
                {
                    "if": {"properties": {"name": {"const": name}}},
                    "then": {"properties": {"args": {"properties": properties}}},
                }
            )
    return rules


def link_artifact_inputs(
    inputs: dict[str, dict[str, Any]], artifacts_dir: Path, deserialize_dir: Path
) -> dict[str, dict[str, Any]]:
    """Arranges inputs in the folders that the engine expects and describes them in its words."""
    described = {}
    for index, (name, given) in enumerate(inputs.items()):
        source, task = Path(given["path"]), given["task"]
        file = Path(task["plugin_name"], task["file_name"])
        holder = artifacts_dir / f"{index}_0"
        holder.mkdir(parents=True)
        (holder / source.name).symlink_to(source, target_is_directory=given.get("isDir", False))
        deserialize_dir.mkdir(parents=True, exist_ok=True)
        (deserialize_dir / f"{index}_0").symlink_to(Path(given["pluginsDir"], file).parent, True)
        described[name] = {
            "artifact_id": index,
            "artifact_snapshot_id": 0,
            "artifact_uri": source.as_posix(),
            "artifact_task": {
                "plugin_id": index,
                "plugin_snapshot_id": 0,
                "file_name": file.name,
                "task_name": task["task_name"],
                "outputs": given["outputs"],
            },
        }
    return described


def _load_class(task: Any, plugins_dir: Path) -> type[ArtifactTaskInterface]:
    if not isinstance(task, str) or not task:
        raise ArtifactError(f"artifact task {task!r} is not a name")
    module_name, _, class_name = task.rpartition(".")
    with import_temp(module_name or _module_with(class_name, plugins_dir), plugins_dir) as module:
        cls = getattr(module, class_name, None)
    if not isinstance(cls, type) or not issubclass(cls, ArtifactTaskInterface):
        raise ArtifactError(f"{class_name} is not an artifact task of {module.__name__}")
    return cls


def _module_with(class_name: str, plugins_dir: Path) -> str:
    """The module that defines the class, found without running any other file."""
    found = [
        file.relative_to(plugins_dir)
        for file in sorted(plugins_dir.rglob("*.py"))
        if class_name in _classes_in(file)
    ]
    if not found:
        raise ArtifactError(f"no artifact plugin of this entry point defines {class_name}")
    if len(found) > 1:
        files = ", ".join(file.as_posix() for file in found)
        raise ArtifactError(f"more than one artifact plugin defines {class_name}: {files}")
    return ".".join(part for part in found[0].with_suffix("").parts if part != "__init__")


def _classes_in(file: Path) -> set[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def _size(path: Path) -> str:
    if not path.is_dir():
        return f"{path.stat().st_size} bytes"
    files = [Path(folder, name) for folder, _, names in os.walk(path) for name in names]
    return f"{len(files)} files, {sum(f.lstat().st_size for f in files)} bytes"
