"""Models that runs make, before anybody registers them."""

import mlflow
from expect import pages, refused, same
from mlflow.entities import LoggedModelStatus, LoggedModelTag, Metric


def check_life_of_a_logged_model(scene):
    experiment = scene.experiment()
    run = scene.run(experiment)
    made = mlflow.initialize_logged_model(
        "net",
        source_run_id=run,
        tags={"a": "1"},
        params={"lr": 0.1},
        model_type="agent",
        experiment_id=experiment,
    )
    client, id = scene.client, made.model_id

    assert id.startswith("m-") and len(id) == 34, id
    same((made.name, made.status, made.model_type), ("net", LoggedModelStatus.PENDING, "agent"))
    same((made.experiment_id, made.source_run_id), (experiment, run))
    assert made.artifact_location.endswith(f"/{experiment}/models/{id}/artifacts"), made
    got = client.get_logged_model(id)
    same((got.tags["a"], got.params, got.metrics), ("1", {"lr": "0.1"}, []))
    done = client.finalize_logged_model(id, LoggedModelStatus.READY)
    same(done.status, LoggedModelStatus.READY)
    client.set_logged_model_tags(id, {"b": "2", "a": "3"})
    client.delete_logged_model_tag(id, "a")
    tags = client.get_logged_model(id).tags
    same((tags.get("a"), tags["b"]), (None, "2"))
    client.log_model_params(id, {"more": "1"})
    same(client.get_logged_model(id).params, {"lr": "0.1", "more": "1"})
    client.delete_logged_model(id)
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.get_logged_model(id)


def check_metrics_of_models(scene):
    experiment = scene.experiment()
    run = scene.run(experiment)
    id = mlflow.initialize_logged_model("net", experiment_id=experiment).model_id
    scene.client.log_metric(run, "acc", 0.5, step=1, model_id=id)
    scene.client.log_batch(run, [Metric("loss", 2, 10, 3, model_id=id, run_id=run)])

    found = {metric.key: metric.value for metric in scene.client.get_logged_model(id).metrics}
    same(found, {"acc": 0.5, "loss": 2.0})
    same(scene.client.get_run(run).data.metrics, {"acc": 0.5, "loss": 2.0})


def check_search(scene):
    experiment, client = scene.experiment(), scene.client
    run = scene.run(experiment)
    ids = []
    for n, name in enumerate(["alpha", "Beta", "alphabet"]):
        made = mlflow.initialize_logged_model(
            name, experiment_id=experiment, params={"p": str(n)}, tags={"t": name[:1]}
        )
        ids.append(made.model_id)
        client.log_metric(run, "acc", n / 10, model_id=made.model_id)
    client.finalize_logged_model(ids[1], LoggedModelStatus.READY)

    def find(text="", **more):
        found = client.search_logged_models([experiment], text or None, **more)
        return [ids.index(row.model_id) for row in found]

    cases = {
        "": {0, 1, 2},
        "name = 'alpha'": {0},
        "name != 'alpha'": {1, 2},
        "name LIKE 'alpha%'": {0, 2},
        "name ILIKE 'b%'": {1},
        "params.p = '2'": {2},
        "tags.t = 'a'": {0, 2},
        "metrics.acc >= 0.1": {1, 2},
        "metrics.acc < 0.15 AND name LIKE 'a%'": {0},
        f"model_id = '{ids[2]}'": {2},
    }
    for text, wanted in cases.items():
        same(set(find(text)), wanted, text)
    by_acc = [{"field_name": "metrics.acc", "ascending": False}]
    same(find(order_by=by_acc), [2, 1, 0])
    same(find(order_by=[{"field_name": "name", "ascending": True}]), [1, 0, 2])
    same(find(), [2, 1, 0], "the default order")
    found = pages(client.search_logged_models, experiment_ids=[experiment], order_by=by_acc)
    same([ids.index(row.model_id) for row in found], [2, 1, 0])
    for wrong in ["name > 'a'", "what.a = 1"]:
        with refused("INVALID_PARAMETER_VALUE"):
            find(wrong)


def check_models_that_are_not_there(scene):
    client, id = scene.client, f"m-{'0' * 32}"
    calls = [
        lambda: client.get_logged_model(id),
        lambda: client.delete_logged_model(id),
        lambda: scene.store.set_logged_model_tags(id, [LoggedModelTag("a", "b")]),
        lambda: client.finalize_logged_model(id, LoggedModelStatus.READY),
    ]
    for call in calls:
        with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
            call()
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.create_logged_model("987654321", "a")
