"""Fills a server of MLflow with some of everything, by the real client. Says in the end what it made."""

import json
import math
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.entities.logged_model_status import LoggedModelStatus

url, runs_wanted = sys.argv[1], int(sys.argv[2])
mlflow.set_tracking_uri(url)
client = MlflowClient(url)
folder = Path(tempfile.mkdtemp())


def file_of(name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def points_of(at):
    steps = 2_500 if at == 0 else 5
    yield from (Metric("loss", 1 / (1 + step), 1_760_000_000_000 + step, step) for step in range(steps))
    yield Metric("odd/values", math.nan, 5, -3)
    yield Metric("odd/values", math.inf, 6, 2**53 + 1)
    yield Metric("odd/values", -0.0, 9_007_199_254_740_993, 2**62)
    yield Metric("acc", at / 7, 1_760_000_000_000, 0)


def fill_run(run_id, at):
    points = list(points_of(at))
    for start in range(0, len(points), 900):
        client.log_batch(run_id, metrics=points[start : start + 900])
    count = 130 if at == 1 else 4
    params = [Param(f"p{n}", "x" * (6_000 if n == 0 else 5)) for n in range(count)]
    for start in range(0, count, 100):
        client.log_batch(run_id, params=params[start : start + 100])
    tags = [RunTag(f"t.{n}", f"tag {n} naïve ✓") for n in range(120 if at == 2 else 2)]
    for start in range(0, len(tags), 100):
        client.log_batch(run_id, tags=tags[start : start + 100])
    dataset = Dataset(f"data {at % 3}", f"d{at % 3}", "local", '{"uri": "x"}', '{"mlflow_colspec": []}', None)
    context = [InputTag("mlflow.data.context", "train")]
    client.log_inputs(run_id, [DatasetInput(dataset, context)])
    client.log_artifact(run_id, file_of(f"{at}/notes naïve #1.txt", f"run {at}".encode() * at))
    client.log_artifact(run_id, file_of(f"{at}/deep.bin", bytes(range(256)) * 40), "a folder/b+c%d")
    if at == 0:
        client.log_artifact(run_id, file_of("large.bin", b"0123456789abcdef" * 2**20))


experiments = ["0"]
for n in range(4):
    tags = {"team": f"team {n}", "mlflow.note.content": "naïve ✓"}
    experiments.append(client.create_experiment(f"experiment {n}", tags=tags))
runs = []
for at in range(runs_wanted):
    experiment = experiments[at % len(experiments)]
    parent = {"mlflow.parentRunId": runs[0]} if at % 5 == 4 else {}
    run = client.create_run(experiment, start_time=1_760_000_000_000 + at, tags=parent, run_name=f"run {at}")
    runs.append(run.info.run_id)
    fill_run(run.info.run_id, at)
    if at % 4 != 3:
        status = ["FINISHED", "FAILED", "KILLED"][at % 3]
        client.set_terminated(run.info.run_id, status, end_time=1_760_000_100_000 + at)

models = []
for n in range(3):
    model = client.create_logged_model(
        experiments[1], name=f"net-{n}", source_run_id=runs[1], model_type="test",
        params={"depth": str(n)}, tags={"kind": "small"},
    )
    models.append(model.model_id)
    client.log_model_artifact(model.model_id, file_of(f"net-{n}/MLmodel", b"flavors: {}\n"))
    client.log_metric(runs[1], "score", n / 3, timestamp=7 + n, step=n, model_id=model.model_id)
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
client.log_outputs(runs[1], [mlflow.entities.LoggedModelOutput(models[0], 3)])
client.log_inputs(runs[2], models=[mlflow.entities.LoggedModelInput(models[1])])

for n in range(2):
    name = f"model {n}'s"
    client.create_registered_model(name, tags={"owner": "me"}, description="of tests")
    for run_id in runs[1:5]:
        client.create_model_version(name, f"runs:/{run_id}/a folder", run_id, tags={"n": str(n)}, description="v")
    client.delete_model_version(name, "2")
    client.set_registered_model_alias(name, "champion", "3")
    client.transition_model_version_stage(name, "1", "Production")
uri = client.get_run(runs[3]).info.artifact_uri
client.create_model_version("model 0's", f"{uri}/a folder", runs[3])
client.create_model_version("model 0's", f"models:/{models[0]}", model_id=models[0])
client.create_model_version("model 1's", "s3://bucket/some/model")
client.register_prompt("a-prompt", "Hello {{name}}", tags={"language": "en"})

for run_id in runs[6:9]:
    client.delete_run(run_id)
client.delete_experiment(experiments[4])
print(json.dumps({"runs": len(runs), "experiments": len(experiments)}))
