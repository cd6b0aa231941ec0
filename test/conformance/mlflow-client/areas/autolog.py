"""Autolog of scikit-learn: what a script gets without a line of logging."""

import mlflow
from expect import same


def data():
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    x, y = load_iris(return_X_y=True, as_frame=True)
    return train_test_split(x, y, random_state=1)


def check_a_classifier(scene):
    from sklearn.linear_model import LogisticRegression

    experiment = mlflow.set_experiment(scene.name("experiment")).experiment_id
    mlflow.sklearn.autolog()
    try:
        x, x_test, y, y_test = data()
        with mlflow.start_run() as run:
            model = LogisticRegression(C=0.5, max_iter=300).fit(x, y)
            score = model.score(x_test, y_test)
    finally:
        mlflow.sklearn.autolog(disable=True)
    got = scene.client.get_run(run.info.run_id)

    same((got.data.params["C"], got.data.params["max_iter"]), ("0.5", "300"))
    assert 0.5 < got.data.metrics["training_accuracy_score"] <= 1
    same(got.data.metrics["LogisticRegression_score_x_test"], score)
    same(got.data.tags["estimator_name"], "LogisticRegression")
    contexts = {t.value for i in got.inputs.dataset_inputs for t in i.tags}
    assert {"train"} <= contexts, contexts
    files = {entry.path for entry in scene.client.list_artifacts(run.info.run_id)}
    assert "training_confusion_matrix.png" in files and "estimator.html" in files, files
    (made,) = got.outputs.model_outputs
    loaded = mlflow.sklearn.load_model(f"models:/{made.model_id}")
    same(loaded.predict(x_test).tolist(), model.predict(x_test).tolist())
    found = scene.client.search_logged_models([experiment])
    same([row.model_id for row in found], [made.model_id])
    assert {m.key for m in found[0].metrics} >= {"training_accuracy_score"}


def check_a_grid_search(scene):
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    experiment = mlflow.set_experiment(scene.name("experiment")).experiment_id
    mlflow.sklearn.autolog(max_tuning_runs=4)
    try:
        x, _, y, _ = data()
        GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}, cv=3).fit(x, y)
    finally:
        mlflow.sklearn.autolog(disable=True)
    runs = scene.client.search_runs([experiment])
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    children = [run for run in runs if "mlflow.parentRunId" in run.data.tags]

    same((len(parents), len(children)), (1, 3))
    same({run.data.tags["mlflow.parentRunId"] for run in children}, {parents[0].info.run_id})
    same({run.data.params["max_depth"] for run in children}, {"1", "2", "3"})
    best = parents[0].data.params["best_max_depth"]
    top = scene.client.search_runs(
        [experiment],
        f"tags.`mlflow.parentRunId` = '{parents[0].info.run_id}'",
        order_by=["metrics.mean_test_score DESC"],
    )
    same(top[0].data.metrics["mean_test_score"], parents[0].data.metrics["best_cv_score"])
    assert best in {"1", "2", "3"}
