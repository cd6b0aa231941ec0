"""Artifacts: files and folders that jobs made."""

import tarfile
import zipfile

from dioptra.client.utils import FileTypes
from expect import MISSING, has, ids, is_resource, refused, walk

FILES = {"report.txt": "all is well", "rows/a.csv": "1,2\n", "rows/deep/b.csv": "3,4\n"}


def check_life_of_an_artifact(scene):
    artifacts = scene.client.artifacts
    experiment, job = scene.job()
    root = scene.run(experiment, job, FILES)

    made = artifacts.create(scene.group, job, f"{root}/report.txt", description="of a check")
    is_resource(made, description="of a check", job=job, artifactUri=f"{root}/report.txt")
    has(made, isDir=False, fileSize=len(FILES["report.txt"]), task={})
    assert made["fileUrl"] == f"/api/v1/artifacts/{made['id']}/contents"
    assert artifacts.get_by_id(made["id"]) == made
    assert ids(scene.client.jobs.get_by_id(job)["artifacts"]) == [made["id"]]

    changed = artifacts.modify_by_id(made["id"], description="changed")
    is_resource(changed, id=made["id"], description="changed", artifactUri=made["artifactUri"])
    versions = walk(lambda **query: artifacts.snapshots.get(made["id"], **query), page_length=1)
    assert [row["description"] for row in versions] == ["of a check", "changed"]
    old = artifacts.snapshots.get_by_id(made["id"], snapshot_id=made["snapshot"])
    has(old, description="of a check", latestSnapshot=False)
    with refused(409, "EntityExistsError", entity_type="artifact"):
        artifacts.create(scene.group, job, made["artifactUri"])


def check_file(scene):
    artifacts = scene.client.artifacts
    made = scene.artifact(FILES, "report.txt")

    def read(path):
        return path.read_text()

    where = {"output_dir": scene.folder, "file_stem": scene.name("contents")}
    assert read(artifacts.get_contents(made["id"], **where)) == FILES["report.txt"]
    of_version = artifacts.snapshots.get_contents(made["id"], made["snapshot"], **where)
    assert read(of_version) == FILES["report.txt"]
    with refused(400, "QueryParameterValidationError"):
        artifacts.get_contents(made["id"], artifact_path="a.txt", **where)
    with refused(404, "EntityDoesNotExistError"):
        artifacts.get_contents(MISSING, **where)


def check_folder(scene):
    artifacts = scene.client.artifacts
    made = scene.artifact(FILES, "rows")

    has(made, isDir=True)
    files = {row["relativePath"]: row for row in artifacts.get_files(made["id"])}
    has(files["a.csv"], isDir=False, fileSize=len(FILES["rows/a.csv"]))
    has(files["deep/b.csv"], isDir=False, fileSize=len(FILES["rows/deep/b.csv"]))
    assert files["a.csv"]["fileUrl"].startswith(f"/api/v1/artifacts/{made['id']}/contents?path=")

    def fetch(get, *args, **more):
        return get(*args, output_dir=scene.folder, file_stem=scene.name("contents"), **more)

    with tarfile.open(fetch(artifacts.get_contents, made["id"])) as archive:
        assert archive.extractfile("rows/deep/b.csv").read() == b"3,4\n"
    path = fetch(
        artifacts.snapshots.get_contents, made["id"], made["snapshot"], file_type=FileTypes.ZIP
    )
    with zipfile.ZipFile(path) as archive:
        assert archive.read("rows/a.csv") == b"1,2\n"
    one = fetch(artifacts.get_contents, made["id"], artifact_path="deep/b.csv")
    assert one.read_text() == "3,4\n"
    with refused(400, "QueryParameterValidationError"):
        fetch(artifacts.get_contents, made["id"], artifact_path="../report.txt")


def check_task_of_an_artifact(scene):
    artifacts = scene.client.artifacts
    plugin = scene.client.plugins.get_by_id(scene.artifact_plugin())
    task = plugin["files"][0]["tasks"]["artifacts"][0]

    made = scene.artifact(
        FILES, "report.txt", plugin_snapshot_id=plugin["snapshot"], task_id=task["id"]
    )
    has(made["task"], id=task["id"], name="TextFile", pluginResourceId=plugin["id"])
    has(made["task"], pluginResourceSnapshotId=plugin["snapshot"])
    has(made["task"]["outputParams"][0], name="contents")
    plain = artifacts.modify_by_id(made["id"], description="without")
    assert plain["task"] == {}
    again = artifacts.modify_by_id(made["id"], plugin["snapshot"], task["id"], "with")
    has(again["task"], id=task["id"])
    with refused(404, "PluginTaskDoesNotExistError"):
        artifacts.modify_by_id(made["id"], plugin["snapshot"], MISSING)
    with refused(400):
        artifacts.modify_by_id(made["id"], task_id=task["id"])


def check_artifact_for_another_job(scene):
    plugin = scene.client.plugins.get_by_id(scene.artifact_plugin())
    task = plugin["files"][0]["tasks"]["artifacts"][0]
    given = scene.artifact(
        FILES, "report.txt", plugin_snapshot_id=plugin["snapshot"], task_id=task["id"]
    )
    outputs = [{"name": "contents", "parameterType": scene.builtin("string")}]
    experiment, entrypoint, queue = scene.workshop(
        graph="tell:\n  echo: $given\n",
        parameters=[],
        artifact_parameters=[{"name": "given", "outputParams": outputs}],
    )
    create = scene.client.experiments.jobs.create

    with refused(400, "JobArtifactParameterMissingError"):
        create(experiment, entrypoint, queue)
    value = {"id": given["id"], "snapshotId": given["snapshot"]}
    job = create(experiment, entrypoint, queue, artifact_values={"given": value})
    assert job["artifactValues"] == {"given": value}
    read = scene.client.jobs.get_artifact_parameters(job["id"])["given"]
    has(read, artifact_id=given["id"], artifact_uri=given["artifactUri"], is_dir=False)
    has(read["artifact_task"], plugin_id=plugin["id"], task_name="TextFile", file_name="store.py")


def check_refusals(scene):
    artifacts = scene.client.artifacts
    experiment, job = scene.job()

    with refused(400, "JobMlflowRunNotSetError"):
        artifacts.create(scene.group, job, f"s3://bucket/{'0' * 32}/artifacts/a")
    root = scene.run(experiment, job, FILES)
    for uri in ["no uri", "gopher://host/a", "s3:///a"]:
        with refused(400):
            artifacts.create(scene.group, job, uri)
    with refused(404, "EntityDoesNotExistError"):
        artifacts.create(scene.group, MISSING, f"{root}/report.txt")
    with refused(404, "EntityDoesNotExistError", entity_type="artifact"):
        artifacts.get_by_id(MISSING)
    status, error = scene.differs("artifact that is not there")
    with refused(status, error):
        artifacts.create(scene.group, job, f"{root}/missing.txt")


def check_lists(scene):
    artifacts = scene.client.artifacts
    experiment, job = scene.job()
    root = scene.run(experiment, job, FILES)
    word = scene.name("listed").replace("_", "")
    made = [
        artifacts.create(scene.group, job, f"{root}/{path}", description=f"{word} {letter}")["id"]
        for path, letter in [("report.txt", "b"), ("rows", "c"), ("rows/a.csv", "a")]
    ]

    search = f'description:"{word}*"'
    assert sorted(ids(walk(artifacts.get, group_id=scene.group, search=search))) == made
    by_text = [made[2], made[0], made[1]]
    assert ids(walk(artifacts.get, search=search, sort_by="description")) == by_text
    down = walk(artifacts.get, search=search, sort_by="description", descending=True)
    assert ids(down) == by_text[::-1]
    with refused(400, "SortParameterValidationError"):
        artifacts.get(sort_by="nothing")
