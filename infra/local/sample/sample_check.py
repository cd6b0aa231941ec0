"""Downloads the artifacts of a job and checks every byte that can be checked."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from sample_events import Events, SampleError
from sample_resources import Client

EXPECTED = {"accuracy.csv", "attacked_digits.png", "digit_model.npz"}
CELL, SCALE, CLASSES = 9, 6, 10


@dataclass(frozen=True)
class Checked:
    job: int
    accuracies: dict[float, float]
    files: list[dict[str, Any]]


def check_job(client: Client, job: int, out: Path, events: Events) -> Checked:
    """Everything about one finished job: files, metrics, and that the two agree."""
    files = _download(client, job, out / f"job-{job}", events)
    metrics = _accuracies(client, job)
    strengths = _strengths(client, job)
    rows = _check_csv(files["accuracy.csv"], strengths, metrics)
    _check_png(files["attacked_digits.png"], len(strengths))
    _check_model(files["digit_model.npz"], rows)
    events.say(
        "verify", f"job {job}: sizes, table, picture and model are right", job=job, metrics=metrics
    )
    listed = [
        {"name": name, "path": str(path), "bytes": path.stat().st_size}
        for name, path in sorted(files.items())
    ]
    return Checked(job, rows, listed)


def _download(client: Client, job: int, folder: Path, events: Events) -> dict[str, Path]:
    files = {}
    references = {row["id"] for row in client.jobs.get_by_id(job)["artifacts"]}
    for artifact_id in sorted(references):
        artifact = client.artifacts.get_by_id(artifact_id)
        name = PurePosixPath(unquote(urlsplit(artifact["artifactUri"]).path)).name
        _require(name in EXPECTED, f"job {job} has an artifact nobody asked for: {name!r}")
        path = client.artifacts.get_contents(artifact_id, output_dir=folder, file_stem=name)
        size = path.stat().st_size
        _require(
            size == artifact["fileSize"],
            f"{name} of job {job} has {size} bytes, the server says {artifact['fileSize']}",
        )
        events.say("download", f"job {job}: {name}, {size} bytes", job=job, path=str(path))
        files[name] = path
    missing = sorted(EXPECTED - files.keys())
    _require(not missing, f"job {job} lacks {', '.join(missing)}")
    return files


def _accuracies(client: Client, job: int) -> list[float]:
    page = client.jobs.get_metrics_snapshots_by_id(job, "accuracy", page_length=100)
    points = sorted(page["data"], key=lambda point: point["step"])
    steps = [point["step"] for point in points]
    _require(steps == list(range(len(steps))), f"the metric of job {job} has the steps {steps}")
    return [point["value"] for point in points]


def _strengths(client: Client, job: int) -> list[float]:
    given = client.jobs.get_parameters(job)["strengths"]
    # The typed value is a list; tolerate a server that keeps the text.
    return json.loads(given) if isinstance(given, str) else given


def _check_csv(path: Path, strengths: list[float], metrics: list[float]) -> dict[float, float]:
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    _require(header == ["strength", "accuracy"], f"{path.name} starts with {header}")
    table = [(float(strength), float(accuracy)) for strength, accuracy in rows]
    _require([row[0] for row in table] == strengths, f"{path.name} has other strengths")
    _require(
        [row[1] for row in table] == metrics,
        f"{path.name} and the metrics disagree: {table} and {metrics}",
    )
    return dict(table)


def _check_png(path: Path, strengths: int) -> None:
    with Image.open(path) as image:
        image.load()
        frames = getattr(image, "n_frames", 1)
        found = (image.format, image.mode, frames, image.size)
        darkest, brightest = image.getextrema()
    height = CELL * (strengths + 1) + 1
    expected = ("PNG", "L", 1, ((CELL * CLASSES + 1) * SCALE, height * SCALE))
    _require(found == expected, f"{path.name} is {found}, not {expected}")
    _require(darkest < brightest, f"{path.name} is empty")


def _check_model(path: Path, accuracies: dict[float, float]) -> None:
    with np.load(path, allow_pickle=False) as arrays:
        weights, bias, rows = arrays["weights"], arrays["bias"], arrays["test_rows"]
    digits = load_digits()
    guesses = np.argmax(digits.data[rows] / 16.0 @ weights.T + bias, axis=1)
    accuracy = float(np.mean(guesses == digits.target[rows]))
    _require(
        accuracy == accuracies[0.0],
        f"{path.name} reaches {accuracy} on the untouched digits, reported {accuracies[0.0]}",
    )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise SampleError(message)
