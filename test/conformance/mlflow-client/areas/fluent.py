"""The fluent API, as training scripts use it."""

import mlflow
from expect import refused, same


def check_a_training_script(scene):
    name = scene.name("experiment")
    experiment = mlflow.set_experiment(name)
    same(mlflow.set_experiment(name).experiment_id, experiment.experiment_id)
    with mlflow.start_run(run_name="train", tags={"a": "1"}, description="# What it is") as run:
        id = run.info.run_id
        same(mlflow.active_run().info.run_id, id)
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"epochs": 3, "note": ""})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"acc": 0.5, "f1": 0.25}, step=4)
        mlflow.set_tag("b", 2)
        mlflow.set_tags({"c": 3, "gone": 4})
        mlflow.delete_tag("gone")
        assert mlflow.get_artifact_uri("x").endswith(f"{id}/artifacts/x")

    run = mlflow.get_run(id)
    same((run.info.status, run.info.run_name), ("FINISHED", "train"))
    assert run.info.start_time <= run.info.end_time
    same(run.data.params, {"lr": "0.1", "epochs": "3", "note": ""})
    same(run.data.metrics, {"loss": 0.2, "acc": 0.5, "f1": 0.25})
    own = {key: value for key, value in run.data.tags.items() if not key.startswith("mlflow.")}
    same(own, {"a": "1", "b": "2", "c": "3"})
    same(run.data.tags["mlflow.note.content"], "# What it is")
    same(mlflow.last_active_run().info.run_id, id)
    same(mlflow.get_experiment_by_name(name).experiment_id, experiment.experiment_id)


def check_a_script_that_fails(scene):
    mlflow.set_experiment(scene.name("experiment"))
    try:
        with mlflow.start_run() as run:
            raise ValueError("of the script")
    except ValueError:
        pass
    same(mlflow.get_run(run.info.run_id).info.status, "FAILED")


def check_a_run_goes_on(scene):
    mlflow.set_experiment(scene.name("experiment"))
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        same(mlflow.get_run(run.info.run_id).info.status, "RUNNING")
        mlflow.log_metric("m", 2, step=1)
    again = mlflow.get_run(run.info.run_id)
    same((again.info.status, again.data.metrics), ("FINISHED", {"m": 2.0}))


def check_searches(scene):
    names = [scene.name("experiment") for _ in range(2)]
    for name in names:
        mlflow.set_experiment(name)
        for value in range(3):
            with mlflow.start_run(run_name=f"r{value}"):
                mlflow.log_metric("m", value)
                mlflow.log_param("p", value)
    found = mlflow.search_runs(
        experiment_names=names,
        filter_string="metrics.m >= 1",
        order_by=["metrics.m DESC", "start_time ASC"],
        output_format="list",
    )
    same([run.info.run_name for run in found], ["r2", "r2", "r1", "r1"])
    shown = mlflow.search_experiments(filter_string=f"name = '{names[0]}'")
    same([experiment.name for experiment in shown], [names[0]])


def check_deletion(scene):
    experiment = mlflow.set_experiment(scene.name("experiment"))
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.info.run_id)
    same(mlflow.get_run(run.info.run_id).info.lifecycle_stage, "deleted")
    with refused("INTERNAL_ERROR", "in the deleted state"), mlflow.start_run(run_id=run.info.run_id):
        pass
    mlflow.delete_experiment(experiment.experiment_id)
    same(mlflow.get_experiment(experiment.experiment_id).lifecycle_stage, "deleted")


def check_parallel_children(scene):
    mlflow.set_experiment(scene.name("experiment"))
    with mlflow.start_run() as parent:
        pass
    with mlflow.start_run(parent_run_id=parent.info.run_id) as child:
        pass
    same(scene.client.get_parent_run(child.info.run_id).info.run_id, parent.info.run_id)


def check_experiment_tags(scene):
    experiment = mlflow.set_experiment(scene.name("experiment"))
    mlflow.set_experiment_tag("one", 1)
    mlflow.set_experiment_tags({"two": 2, "three": 3})
    tags = scene.client.get_experiment(experiment.experiment_id).tags
    same({"one": "1", "two": "2", "three": "3"}.items() <= tags.items(), True)
