"""What the consumer hands over (job.json) and reads back (result.json), whatever the runtime."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

MAX_REASON = 500


class JobFileError(ValueError):
    """job.json is not what the runner was promised."""


def read_object(workdir: Path) -> dict[str, Any]:
    """Reads `<workdir>/job.json`."""
    try:
        raw = json.loads((workdir / "job.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise JobFileError(f"job.json cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise JobFileError("job.json is not an object")
    return raw


def get(raw: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = raw.get(name)
    if value is None and default is not None:
        return default
    # bool is an int for Python, but not an id.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise JobFileError(f"job.json: {name} must be a JSON {_JSON_NAMES[kind]}")
    return value


def directory(raw: dict[str, Any], name: str) -> Path:
    path = Path(get(raw, name, str))
    if not path.is_absolute():
        raise JobFileError(f"job.json: {name} must be an absolute path")
    return path


def write_result(workdir: Path, result: dict[str, Any]) -> None:
    """Writes `<workdir>/result.json`; a reader sees all of it or none."""
    partial = workdir / f".result.{os.getpid()}.partial"
    with partial.open("w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, workdir / "result.json")


def failed(reason: str, **more: Any) -> dict[str, Any]:
    return {
        "status": "failed",
        "reason": " ".join(reason.split())[:MAX_REASON],
        "artifacts": [],
        **more,
    }


def one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:MAX_REASON] if text else type(error).__name__


_JSON_NAMES = {int: "integer", dict: "object", str: "string"}
