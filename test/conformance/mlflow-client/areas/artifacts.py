"""Files of runs: stored, listed, read, fetched and deleted."""

import hashlib
import json
import os

import mlflow
from expect import MISSING_RUN, refused, same
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

MIB = 1024 * 1024


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree(client, run, path=None):
    """Every file and folder with its size, by its path."""
    found = {}
    for entry in client.list_artifacts(run, path):
        # The client knows no difference between no size and none told.
        found[entry.path] = None if entry.is_dir else entry.file_size or 0
        if entry.is_dir:
            found |= tree(client, run, entry.path)
    return found


def there_and_back(scene, size):
    client, id = scene.client, scene.run()
    path = scene.file(f"{scene.name()}.bin", os.urandom(size))
    client.log_artifact(id, str(path), "data")
    target = scene.folder / scene.name("target")
    target.mkdir()
    got = client.download_artifacts(id, f"data/{path.name}", str(target))

    same(tree(client, id), {"data": None, f"data/{path.name}": size})
    same(digest(got), digest(path), "the bytes")
    path.unlink()


def check_files_of_several_sizes(scene):
    for size in [0, 1, 1_000, 3 * MIB, 30_000_000]:
        there_and_back(scene, size)


def check_folders(scene):
    client, id = scene.client, scene.run()
    base = scene.name("folder")
    names = ["a.txt", "sub/b.txt", "sub/deep/c d.txt", "sub/ü.txt", "sub/deep/100%.txt", "sub/a+b&c.txt"]
    for name in names:
        scene.file(f"{base}/{name}", name.encode())
    client.log_artifacts(id, str(scene.folder / base), "all")

    folders = ["all", "all/sub", "all/sub/deep"]
    sizes = {f"all/{name}": len(name.encode()) for name in names} | dict.fromkeys(folders)
    same(tree(client, id), sizes)
    target = scene.folder / scene.name("target")
    target.mkdir()
    got = mlflow.artifacts.download_artifacts(run_id=id, artifact_path="all", dst_path=str(target))
    for name in names:
        with open(f"{got}/{name}", encoding="utf8") as file:
            same(file.read(), name)
    same(client.list_artifacts(id, "all/a.txt"), [])
    same(client.list_artifacts(id, "nothing"), [])


def check_texts_and_dictionaries(scene):
    client, id = scene.client, scene.run()
    uri = client.get_run(id).info.artifact_uri
    client.log_text(id, "grüße", "notes/text.txt")
    client.log_dict(id, {"a": [1, 2], "b": {"c": None}}, "config.json")
    client.log_dict(id, {"a": 1}, "config.yaml")

    same(mlflow.artifacts.load_text(f"{uri}/notes/text.txt"), "grüße")
    same(mlflow.artifacts.load_dict(f"{uri}/config.json"), {"a": [1, 2], "b": {"c": None}})
    same(mlflow.artifacts.load_text(f"runs:/{id}/config.yaml"), "a: 1\n")
    client.log_text(id, "again", "notes/text.txt")
    same(mlflow.artifacts.load_text(f"{uri}/notes/text.txt"), "again", "a file that was replaced")
    same(sorted(tree(client, id)), ["config.json", "config.yaml", "notes", "notes/text.txt"])


def check_deletion(scene):
    client, id = scene.client, scene.run()
    for name in ["a/one.txt", "a/two.txt", "b.txt"]:
        client.log_text(id, name, name)
    files = get_artifact_repository(client.get_run(id).info.artifact_uri)

    files.delete_artifacts("a/one.txt")
    same(sorted(tree(client, id)), ["a", "a/two.txt", "b.txt"])
    files.delete_artifacts("a")
    same(sorted(tree(client, id)), ["b.txt"])
    files.delete_artifacts("nothing")


def check_files_that_are_not_there(scene):
    client, id = scene.client, scene.run()
    client.log_text(id, "a", "a.txt")
    for path in ["b.txt", "a.txt/b"]:
        try:
            client.download_artifacts(id, path, str(scene.folder))
        except (MlflowException, OSError):
            continue
        raise AssertionError(f"{path} was found")
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.list_artifacts(MISSING_RUN)
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.log_text(MISSING_RUN, "a", "a.txt")


def check_paths_that_lead_out(scene):
    id = scene.run()
    for path in ["../x", "a/../../x", "/etc/passwd", "%2e%2e/x"]:
        query = {"run_id": id, "path": path}
        answer = scene.call("GET", "/api/2.0/mlflow/artifacts/list", params=query)
        same((answer.status_code, answer.json().get("error_code")), (400, "INVALID_PARAMETER_VALUE"), path)


def check_what_the_page_of_a_run_fetches(scene):
    client, id = scene.client, scene.run()
    client.log_dict(id, {"a": 1}, "deep/config.json")
    query = {"run_id": id, "path": "deep/config.json"}

    answer = scene.call("GET", "/get-artifact", params=query)
    same((answer.status_code, json.loads(answer.content)), (200, {"a": 1}))
    missing = scene.call("GET", "/get-artifact", params=query | {"path": "nothing"})
    assert missing.status_code in (404, 500), missing.status_code
