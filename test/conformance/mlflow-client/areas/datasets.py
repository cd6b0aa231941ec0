"""Inputs and outputs of runs."""

import mlflow
from expect import MISSING_RUN, refused, same
from mlflow.entities import Dataset, DatasetInput, InputTag


def entry(name, digest="d1", context=None, **more):
    tags = [InputTag("mlflow.data.context", context)] if context else []
    return DatasetInput(Dataset(name, digest, "local", '{"uri": "/a"}', **more), tags)


def shown(scene, id):
    inputs = scene.client.get_run(id).inputs.dataset_inputs
    return sorted(
        (i.dataset.name, i.dataset.digest, i.dataset.schema, i.dataset.profile, sorted((t.key, t.value) for t in i.tags))
        for i in inputs
    )


def check_inputs(scene):
    client, id = scene.client, scene.run()
    client.log_inputs(id, [entry("a", context="train", schema="[1]", profile='{"rows": 3}')])
    client.log_inputs(id, [entry("b", context="test"), entry("c")])

    context = "mlflow.data.context"
    wanted = [
        ("a", "d1", "[1]", '{"rows": 3}', [(context, "train")]),
        ("b", "d1", None, None, [(context, "test")]),
        ("c", "d1", None, None, []),
    ]
    same([(n, d, s or None, p or None, t) for n, d, s, p, t in shown(scene, id)], wanted)
    first = client.get_run(id).inputs.dataset_inputs[0].dataset
    same((first.source_type, first.source), ("local", '{"uri": "/a"}'))


def check_the_same_input_again(scene):
    client, id = scene.client, scene.run()
    for _ in range(3):
        client.log_inputs(id, [entry("a", context="train")])
    same(len(shown(scene, id)), 1)
    client.log_inputs(id, [entry("a", "d2")])
    same([row[:2] for row in shown(scene, id)], [("a", "d1"), ("a", "d2")])


def check_summary_of_the_datasets_of_experiments(scene):
    client, experiment = scene.client, scene.experiment()
    for context in ["train", "test"]:
        client.log_inputs(scene.run(experiment), [entry("a", context=context), entry("b")])
    body = {"experiment_ids": [experiment]}

    answer = scene.call("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", json=body)
    same(answer.status_code, 200)
    rows = [(r["name"], r["digest"], r.get("context", "")) for r in answer.json()["dataset_summaries"]]
    same(sorted(rows), [("a", "d1", "test"), ("a", "d1", "train"), ("b", "d1", "")])
    none = scene.call("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", json={"experiment_ids": []})
    same((none.status_code, none.json()["error_code"]), (400, "INVALID_PARAMETER_VALUE"))


def check_refusals(scene):
    client, id = scene.client, scene.run()
    wrong = [
        entry("n" * 501),
        entry("a", "d" * 37),
        entry("a", context="c" * 501),
        entry("a", schema="s" * 1_048_576),
    ]
    for row in wrong:
        with refused("INVALID_PARAMETER_VALUE"):
            client.log_inputs(id, [row])
    same(shown(scene, id), [])
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.log_inputs(MISSING_RUN, [entry("a")])


def check_large_schemas(scene):
    client, id = scene.client, scene.run()
    schema, profile = "s" * 200_000, "p" * 500_000
    client.log_inputs(id, [entry("a", schema=schema, profile=profile)])
    dataset = client.get_run(id).inputs.dataset_inputs[0].dataset
    same((len(dataset.schema), len(dataset.profile)), (200_000, 500_000))


def check_inputs_and_outputs_that_are_models(scene):
    experiment = scene.experiment()
    made = mlflow.initialize_logged_model("made", experiment_id=experiment)
    used = mlflow.initialize_logged_model("used", experiment_id=experiment)
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    id = scene.run(experiment)
    scene.client.log_inputs(id, models=[LoggedModelInput(used.model_id)])
    scene.client.log_outputs(id, [LoggedModelOutput(made.model_id, step=3)])
    run = scene.client.get_run(id)
    same([m.model_id for m in run.inputs.model_inputs], [used.model_id])
    same([(m.model_id, m.step) for m in run.outputs.model_outputs], [(made.model_id, 3)])
