"""A round of MLflow's own client, unmodified, at whatever address its environment names."""

import json
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

SIZES = [0, 1_000, 30_000_000]


def log_a_run(folder: Path) -> str:
    with mlflow.start_run(run_name="outer") as run:
        mlflow.log_params({"rate": 0.1})
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.set_tag("team", "risk")
        with mlflow.start_run(nested=True):
            mlflow.log_metric("loss", 7)
        for size in SIZES:
            path = folder / f"{size}.bin"
            path.write_bytes(b"x" * size)
            mlflow.log_artifact(str(path), "files")
        return run.info.run_id


def error_of(call) -> str:
    try:
        call()
    except MlflowException as error:
        return error.error_code
    return "none"


def main() -> None:
    client = MlflowClient()
    experiment = mlflow.set_experiment("of oracle")
    with tempfile.TemporaryDirectory() as folder:
        run_id = log_a_run(Path(folder))
    run = client.get_run(run_id)
    with tempfile.TemporaryDirectory() as target:
        got = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path="files", dst_path=target
        )
        sizes = sorted(path.stat().st_size for path in Path(got).iterdir())
    found = client.search_runs(
        [experiment.experiment_id], "metrics.loss < 1", order_by=["metrics.loss ASC"]
    )
    client.create_registered_model("fraud")
    version = client.create_model_version("fraud", f"runs:/{run_id}/files", run_id)
    client.set_registered_model_alias("fraud", "best", version.version)
    print(
        json.dumps(
            {
                "metrics": run.data.metrics,
                "params": run.data.params,
                "team": run.data.tags["team"],
                "status": run.info.status,
                "history": [point.step for point in client.get_metric_history(run_id, "loss")],
                "sizes": sizes,
                "found": [each.info.run_name for each in found],
                "best": client.get_model_version_by_alias("fraud", "best").version,
                "twin": error_of(lambda: client.create_experiment("of oracle")),
                "missing": error_of(lambda: client.get_run("f" * 32)),
                "invalid": error_of(lambda: client.create_experiment("")),
            }
        )
    )


if __name__ == "__main__":
    main()
