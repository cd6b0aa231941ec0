"""Models with their files: logged, registered, loaded."""

import mlflow
from areas.autolog import data
from expect import same


def fitted():
    from sklearn.linear_model import LogisticRegression

    x, x_test, y, _ = data()
    return LogisticRegression(max_iter=300).fit(x, y), x_test


def check_a_model_of_scikit_learn(scene):
    mlflow.set_experiment(scene.name("experiment"))
    model, x = fitted()
    name = scene.name("model")
    with mlflow.start_run() as run:
        logged = mlflow.sklearn.log_model(
            model, name="net", input_example=x[:3], registered_model_name=name
        )
    wanted = model.predict(x).tolist()

    same(mlflow.sklearn.load_model(logged.model_uri).predict(x).tolist(), wanted)
    same(mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/net").predict(x).tolist(), wanted)
    scene.client.set_registered_model_alias(name, "champion", "1")
    for uri in [f"models:/{name}/1", f"models:/{name}@champion", f"models:/{name}/latest"]:
        same(mlflow.sklearn.load_model(uri).predict(x).tolist(), wanted, uri)
    version = scene.client.get_model_version(name, "1")
    same(version.run_id, run.info.run_id)
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    assert info.signature is not None and set(info.flavors) == {"sklearn", "python_function"}
    run = scene.client.get_run(run.info.run_id)
    same([m.model_id for m in run.outputs.model_outputs], [logged.model_id])
    got = mlflow.get_logged_model(logged.model_id)
    same((got.status.value, got.name), ("READY", "net"))


def check_registration_of_a_logged_model(scene):
    mlflow.set_experiment(scene.name("experiment"))
    model, x = fitted()
    with mlflow.start_run() as run:
        logged = mlflow.sklearn.log_model(model, name="net")
        mlflow.log_metric("acc", 0.5, model_id=logged.model_id)
    name = scene.name("model")

    one = mlflow.register_model(f"models:/{logged.model_id}", name, tags={"a": "1"})
    two = mlflow.register_model(f"runs:/{run.info.run_id}/net", name)
    same((int(one.version), int(two.version), one.tags), (1, 2, {"a": "1"}))
    for version in [1, 2]:
        loaded = mlflow.sklearn.load_model(f"models:/{name}/{version}")
        same(loaded.predict(x).tolist(), model.predict(x).tolist())
    copied = scene.client.copy_model_version(f"models:/{name}/1", scene.name("copy"))
    loaded = mlflow.sklearn.load_model(f"models:/{copied.name}/1")
    same(loaded.predict(x).tolist(), model.predict(x).tolist())


def check_a_model_of_python(scene):
    mlflow.set_experiment(scene.name("experiment"))

    class Doubled(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    x = data()[1]
    with mlflow.start_run():
        logged = mlflow.pyfunc.log_model(name="doubled", python_model=Doubled())
    loaded = mlflow.pyfunc.load_model(logged.model_uri)
    same(loaded.predict(x).equals(x * 2), True)


def check_evaluation(scene):
    experiment = mlflow.set_experiment(scene.name("experiment"))
    model, x = fitted()
    table = x.assign(label=model.predict(x))
    with mlflow.start_run() as run:
        logged = mlflow.sklearn.log_model(model, name="net")
        seen = mlflow.models.evaluate(
            logged.model_uri, table, targets="label", model_type="classifier", evaluator_config={"log_explainer": False}
        )
    same(seen.metrics["accuracy_score"], 1.0)
    got = scene.client.get_run(run.info.run_id)
    same(got.data.metrics["accuracy_score"], 1.0)
    found = scene.client.search_logged_models([experiment.experiment_id], "metrics.accuracy_score = 1")
    same([row.model_id for row in found], [logged.model_id])
