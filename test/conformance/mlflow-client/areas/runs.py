"""Runs: their life, names, tags, deletion."""

import mlflow
from expect import MISSING_RUN, refused, same
from mlflow.entities import ViewType


def check_life_of_a_run(scene):
    client, experiment = scene.client, scene.experiment()
    run = client.create_run(experiment, start_time=1_234, run_name="first", tags={"a": "b"})
    id, info = run.info.run_id, run.info

    same((info.run_name, info.status, info.start_time), ("first", "RUNNING", 1_234))
    same((info.experiment_id, info.end_time, info.lifecycle_stage), (experiment, None, "active"))
    same({"a": "b", "mlflow.runName": "first"}.items() <= run.data.tags.items(), True)
    assert info.artifact_uri.endswith(f"/{experiment}/{id}/artifacts"), info.artifact_uri
    assert len(id) == 32 and int(id, 16) >= 0
    for status in ["SCHEDULED", "RUNNING", "FAILED"]:
        client.update_run(id, status=status)
        same((client.get_run(id).info.status, client.get_run(id).info.end_time), (status, None))
    client.set_terminated(id, status="KILLED", end_time=5_678)
    ended = client.get_run(id).info
    same((ended.status, ended.end_time), ("KILLED", 5_678))


def check_names(scene):
    client, id = scene.client, scene.run(run_name="one")

    client.update_run(id, name="two")
    run = client.get_run(id)
    same((run.info.run_name, run.data.tags["mlflow.runName"]), ("two", "two"))
    client.set_tag(id, "mlflow.runName", "three")
    same(client.get_run(id).info.run_name, "three")
    made = client.get_run(scene.run()).info.run_name
    assert len(made.split("-")) == 3, made
    by_tag = client.get_run(scene.run(tags={"mlflow.runName": "four"}))
    same(by_tag.info.run_name, "four")
    with refused("INVALID_PARAMETER_VALUE", "Both 'run_name' argument and 'mlflow.runName' tag"):
        client.create_run(scene.experiment(), run_name="a", tags={"mlflow.runName": "b"})


def check_tags(scene):
    client, id = scene.client, scene.run()

    client.set_tag(id, "k", 1)
    client.set_tag(id, "k", "two")
    client.set_tag(id, "a b/c.d:e-f", "")
    tags = client.get_run(id).data.tags
    same((tags["k"], tags["a b/c.d:e-f"]), ("two", ""))
    client.delete_tag(id, "k")
    assert "k" not in client.get_run(id).data.tags
    with refused("RESOURCE_DOES_NOT_EXIST", f"No tag with name: k in run with id {id}"):
        client.delete_tag(id, "k")


def check_nested_runs(scene):
    experiment = scene.experiment()
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run() as parent:
        children = []
        for value in [1, 2]:
            with mlflow.start_run(nested=True, run_name=f"child {value}") as child:
                mlflow.log_metric("m", value)
                children.append(child.info.run_id)
    text = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"

    found = scene.client.search_runs([experiment], text)
    same({run.info.run_id for run in found}, set(children))
    same(scene.client.get_parent_run(children[0]).info.run_id, parent.info.run_id)
    assert scene.client.get_parent_run(parent.info.run_id) is None


def check_delete_and_restore(scene):
    client, experiment = scene.client, scene.experiment()
    kept, gone = scene.run(experiment), scene.run(experiment)
    client.log_metric(gone, "m", 1)

    def shown(view):
        return {run.info.run_id for run in client.search_runs([experiment], "", view)}

    client.delete_run(gone)
    client.delete_run(gone)
    same(client.get_run(gone).info.lifecycle_stage, "deleted")
    same(shown(ViewType.ACTIVE_ONLY), {kept})
    same(shown(ViewType.DELETED_ONLY), {gone})
    same(shown(ViewType.ALL), {kept, gone})
    deleted = [
        lambda: client.log_metric(gone, "m", 2),
        lambda: client.log_param(gone, "p", 2),
        lambda: client.set_tag(gone, "t", 2),
        lambda: client.update_run(gone, status="FAILED"),
    ]
    for write in deleted:
        with refused("INVALID_PARAMETER_VALUE", "must be in the 'active' state"):
            write()
    client.restore_run(gone)
    client.restore_run(gone)
    client.log_metric(gone, "m", 3, step=1)
    same(client.get_run(gone).data.metrics, {"m": 3.0})
    same(shown(ViewType.ACTIVE_ONLY), {kept, gone})


def check_runs_that_are_not_there(scene):
    client = scene.client
    words = f"Run with id={MISSING_RUN} not found"
    calls = [
        lambda: client.get_run(MISSING_RUN),
        lambda: client.log_metric(MISSING_RUN, "m", 1),
        lambda: client.log_param(MISSING_RUN, "p", 1),
        lambda: client.set_tag(MISSING_RUN, "t", 1),
        lambda: client.delete_tag(MISSING_RUN, "t"),
        lambda: client.delete_run(MISSING_RUN),
        lambda: client.restore_run(MISSING_RUN),
        lambda: client.update_run(MISSING_RUN, status="FAILED"),
    ]
    for call in calls:
        with refused("RESOURCE_DOES_NOT_EXIST", words):
            call()
    with refused("RESOURCE_DOES_NOT_EXIST", "No Experiment with id=987654321 exists"):
        client.create_run("987654321")
