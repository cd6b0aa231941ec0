"""Stores files of several sizes with MLflow's own client, reads them back, prints what happened."""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def there_and_back(run_id: str, folder: Path, size: int) -> dict:
    """What the client says of storing a file of so many bytes, and of getting it again."""
    path = folder / f"{size}.bin"
    path.write_bytes(os.urandom(size))
    try:
        MlflowClient().log_artifact(run_id, str(path), "files")
    except Exception as error:  # noqa: BLE001, what it says is what the test looks at
        return {"stored": False, "error": str(error)[:500]}
    with tempfile.TemporaryDirectory() as target:
        got = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path=f"files/{path.name}", dst_path=target
        )
        return {"stored": True, "same": digest(Path(got)) == digest(path)}


def main() -> None:
    experiment_id, *sizes = sys.argv[1:]
    client = MlflowClient()
    run_id = client.create_run(experiment_id).info.run_id
    with tempfile.TemporaryDirectory() as folder:
        outcomes = {size: there_and_back(run_id, Path(folder), int(size)) for size in sizes}
    listed = {entry.path: entry.file_size for entry in client.list_artifacts(run_id, "files")}
    repository = get_artifact_repository(client.get_run(run_id).info.artifact_uri)
    repository.delete_artifacts("files")
    left = [entry.path for entry in client.list_artifacts(run_id)]
    print(json.dumps({"outcomes": outcomes, "listed": listed, "left": left}))


if __name__ == "__main__":
    main()
