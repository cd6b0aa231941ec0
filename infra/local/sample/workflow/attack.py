"""Entry point `attack`: attacks the classifier at each strength and logs what is left of it."""

from __future__ import annotations

import csv
from pathlib import Path

import assay_progress
import mlflow
import numpy as np

from digits import MODEL, Model, arguments, builtin, fast_gradient_sign, fit, predict, split_digits

RESULTS = Path("results")


def main() -> None:
    parser = arguments()
    parser.add_argument("--strengths", required=True)
    parser.add_argument("--train-run", required=True)
    given = parser.parse_args()
    strengths = [float(text) for text in given.strengths.split(",")]
    if not all(0 <= strength <= 1 for strength in strengths):
        raise ValueError(f"strengths must be numbers from 0 to 1, not {given.strengths}")
    digits = split_digits(given.test_share, given.seed)
    model = fetch(given.train_run) if given.train_run else None
    if model is None:
        model = fit(digits["train_images"], digits["train_labels"])
    RESULTS.mkdir(exist_ok=True)
    with mlflow.start_run():
        table = attack(model, digits["test_images"], digits["test_labels"], strengths)
        write(table)
        builtin("artifacts.mlflow.upload_directory_as_tarball_artifact", RESULTS, "results.tar.gz")


def fetch(run: str) -> Model:
    """The classifier that the entry point `train` kept."""
    path = builtin("artifacts.mlflow.download_all_artifacts_in_run", run, MODEL, "fetched")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def attack(
    model: Model, images: np.ndarray, labels: np.ndarray, strengths: list[float]
) -> list[tuple[float, float]]:
    """Logs one accuracy for each strength; the step is the strength's place in the list."""
    table = []
    for step, strength in enumerate(strengths):
        attacked = fast_gradient_sign(model, images, labels, strength)
        accuracy = builtin("metrics.performance.accuracy", labels, predict(model, attacked))
        moved = builtin("metrics.distance.l_inf_norm", images, attacked)
        mlflow.log_metric("accuracy", accuracy, step=step)
        mlflow.log_metric("largest_change", float(np.max(moved)), step=step)
        assay_progress.report((step + 1) / len(strengths), f"strength {strength}: {accuracy:.4f}")
        print(f"strength {strength}: accuracy {accuracy:.4f}")
        table.append((strength, accuracy))
    return table


def write(table: list[tuple[float, float]]) -> None:
    with (RESULTS / "accuracy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["strength", "accuracy"])
        writer.writerows(table)


if __name__ == "__main__":
    main()
