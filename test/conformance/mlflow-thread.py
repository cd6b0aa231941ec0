"""What a training script does with MLflow's own client; prints what it read back as JSON."""

import json
import math
import os
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

EIGHT_MEGABYTES = os.urandom(8 * 1024 * 1024)
FILES = {"empty.bin": b"", "small.txt": b"k" * 1000, "large.bin": EIGHT_MEGABYTES}


def log(folder: Path) -> None:
    """Everything that the fluent client sends for one run."""
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"epochs": 3, "note": ""})
    for step in range(5):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    mlflow.log_metrics({"acc": 0.5, "broken": math.nan, "huge": math.inf}, step=2)
    mlflow.log_metric("negative", -1.5, step=-(2**62) - 1)
    mlflow.set_tag("team", "vision")
    mlflow.set_tags({"one": 1, "gone": "soon"})
    mlflow.delete_tag("gone")
    for name, content in FILES.items():
        path = folder / name
        path.write_bytes(content)
        mlflow.log_artifact(str(path), "data/files")
    mlflow.log_dict({"a": [1, 2]}, "config.json")
    mlflow.log_text("grüße", "notes/text.txt")


def artifacts(client: MlflowClient, run_id: str, path: str = "") -> dict:
    """Every file and folder with its size, by its path."""
    found = {}
    for entry in client.list_artifacts(run_id, path or None):
        found[entry.path] = entry.file_size
        if entry.is_dir:
            found |= artifacts(client, run_id, entry.path)
    return found


def failure(call) -> dict:
    """How the client tells that a call was refused."""
    try:
        call()
    except mlflow.MlflowException as error:
        return {"code": error.error_code, "message": error.message[:200]}
    return {"code": None, "message": "no failure"}


def read(client: MlflowClient, run_id: str, target: str) -> dict:
    """The run as the client sees it."""
    run = client.get_run(run_id)
    downloaded = Path(mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=target))
    return {
        "info": {
            "name": run.info.run_name,
            "status": run.info.status,
            "artifact_uri": run.info.artifact_uri,
            "ended": run.info.end_time >= run.info.start_time,
            "stage": run.info.lifecycle_stage,
        },
        "params": run.data.params,
        "tags": {k: v for k, v in run.data.tags.items() if not k.startswith("mlflow.")},
        "run_name_tag": run.data.tags["mlflow.runName"],
        "metrics": {k: str(v) for k, v in run.data.metrics.items()},
        "loss": [[m.step, m.value] for m in client.get_metric_history(run_id, "loss")],
        "negative": [str(m.step) for m in client.get_metric_history(run_id, "negative")],
        "many": len(client.get_metric_history(run_id, "many")),
        "artifacts": artifacts(client, run_id),
        "same_bytes": {
            name: (downloaded / "data/files" / name).read_bytes() == content
            for name, content in FILES.items()
        },
        "text": mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/text.txt"),
        "dict": mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/config.json"),
    }


def main() -> None:
    run_id = sys.argv[1]
    client = MlflowClient()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as target:
        with mlflow.start_run(run_id=run_id):
            log(Path(folder))
        client.log_batch(
            run_id,
            metrics=[Metric("many", float(at), 1_700_000_000_000 + at, at) for at in range(1000)],
        )
        seen = read(client, run_id, target)
        experiment = mlflow.set_experiment(f"made by the client {run_id}")
        with mlflow.start_run(run_name="parent") as parent:
            with mlflow.start_run(nested=True) as child:
                client.log_batch(child.info.run_id, params=[Param("p", "1")], tags=[RunTag("t", "2")])
        seen["nested"] = client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"]
        seen["parent"] = parent.info.run_id
        seen["in_experiment"] = parent.info.experiment_id == experiment.experiment_id
        seen["failures"] = {
            "param": failure(lambda: client.log_param(run_id, "lr", "0.2")),
            "run": failure(lambda: client.get_run("0" * 32)),
            "name": failure(lambda: client.create_experiment(experiment.name)),
        }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
