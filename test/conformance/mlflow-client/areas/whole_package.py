"""What needs pandas, pictures or the sensors of the machine."""

import time

import mlflow
from expect import same
from mlflow.entities import LoggedModelStatus


def check_data_frames(scene):
    import pandas

    mlflow.set_experiment(scene.name("experiment"))
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    dataset = mlflow.data.from_pandas(frame, source="s3://bucket/a.csv", name="frame", targets="b")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training", tags={"k": "v"})
        mlflow.log_table({"q": ["why?"], "a": ["because"]}, "table.json")
        mlflow.log_table({"q": ["how?"], "a": ["so"]}, "table.json")
    (entry,) = mlflow.get_run(run.info.run_id).inputs.dataset_inputs

    same((entry.dataset.name, entry.dataset.digest), ("frame", dataset.digest))
    same({tag.key: tag.value for tag in entry.tags}, {"mlflow.data.context": "training", "k": "v"})
    same(mlflow.data.get_source(entry.dataset).uri, "s3://bucket/a.csv")
    table = mlflow.load_table("table.json", run_ids=[run.info.run_id])
    same(table["q"].tolist(), ["why?", "how?"])


def check_search_as_a_table(scene):
    experiment = mlflow.set_experiment(scene.name("experiment")).experiment_id
    for value in range(4):
        with mlflow.start_run(run_name=f"r{value}"):
            mlflow.log_metric("m", value)
            mlflow.log_param("p", value)
    frame = mlflow.search_runs(experiment_ids=[experiment], filter_string="metrics.m > 0", order_by=["metrics.m"])
    same(frame["metrics.m"].tolist(), [1.0, 2.0, 3.0])
    same(frame["params.p"].tolist(), ["1", "2", "3"])
    same(frame["tags.mlflow.runName"].tolist(), ["r1", "r2", "r3"])
    traces = mlflow.search_traces(locations=[experiment])
    same(len(traces), 0)


def check_pictures(scene):
    import matplotlib
    import numpy

    matplotlib.use("Agg")
    from matplotlib import pyplot

    client, id = scene.client, scene.run()
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    client.log_figure(id, figure, "plots/figure.png")
    pyplot.close(figure)
    client.log_image(id, numpy.zeros((8, 8, 3), dtype="uint8"), "image.png")
    client.log_image(id, numpy.zeros((8, 8, 3), dtype="uint8"), key="dog", step=3)

    image = mlflow.artifacts.load_image(f"runs:/{id}/image.png")
    same(image.size, (8, 8))
    same([entry.path for entry in client.list_artifacts(id, "plots")], ["plots/figure.png"])
    same(len(client.list_artifacts(id, "images")), 2)


def check_system_metrics(scene):
    mlflow.set_experiment(scene.name("experiment"))
    mlflow.set_system_metrics_sampling_interval(0.2)
    mlflow.set_system_metrics_samples_before_logging(2)
    with mlflow.start_run(log_system_metrics=True) as run:
        time.sleep(3)
    metrics = mlflow.get_run(run.info.run_id).data.metrics

    wanted = {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"}
    assert wanted <= set(metrics), sorted(metrics)
    history = scene.client.get_metric_history(run.info.run_id, "system/cpu_utilization_percentage")
    assert len(history) >= 2 and [p.step for p in history] == list(range(len(history))), history


def check_external_models(scene):
    mlflow.set_experiment(scene.name("experiment"))
    made = mlflow.create_external_model("elsewhere", params={"a": "b"})

    same(made.status, LoggedModelStatus.READY)
    assert mlflow.get_logged_model(made.model_id).tags["mlflow.model.isExternal"].lower() == "true"
    same(mlflow.last_logged_model().model_id, made.model_id)
