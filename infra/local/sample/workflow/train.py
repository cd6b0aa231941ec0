"""Entry point `train`: fits the classifier and keeps it with the run."""

from __future__ import annotations

import assay_progress
import mlflow
import numpy as np

from digits import MODEL, arguments, builtin, fit, predict, split_digits


def main() -> None:
    given = arguments().parse_args()
    digits = split_digits(given.test_share, given.seed)
    assay_progress.report(0.1, f"training on {len(digits['train_labels'])} digits")
    model = fit(digits["train_images"], digits["train_labels"])
    predicted = predict(model, digits["test_images"])
    accuracy = builtin("metrics.performance.accuracy", digits["test_labels"], predicted)
    # Only numbers, so that reading it back runs no code, as a pickle would.
    np.savez_compressed(MODEL, **model)
    with mlflow.start_run():
        builtin("tracking.mlflow.log_metrics", {"accuracy": accuracy})
        builtin("artifacts.mlflow.upload_file_as_artifact", MODEL)
    assay_progress.report(1, f"accuracy {accuracy:.4f}")
    print(f"accuracy on {len(predicted)} digits: {accuracy:.4f}")


if __name__ == "__main__":
    main()
