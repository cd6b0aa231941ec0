"""Makes MLflow's database and puts finished runs in by its own models, since its API takes hours.

Reads a line {"uri", "root", "experiment"} and then a line for each run; prints {"experiment": id}.
"""

import json
import sys
from itertools import islice

from mlflow.entities import LifecycleStage
from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlParam, SqlRun, SqlTag
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import insert

AT_ONCE = 2_000

# The migrations may print; only the answer belongs on standard output.
answer, sys.stdout = sys.stdout, sys.stderr
request = json.loads(sys.stdin.readline())
store = SqlAlchemyStore(request["uri"], request["root"])
experiment = int(store.create_experiment(request["experiment"]))


def run_of(row):
    return {
        "run_uuid": row["id"],
        "name": row["name"],
        "source_type": "UNKNOWN",
        "source_name": "",
        "source_version": "",
        "entry_point_name": "",
        "user_id": "bench",
        "status": "FINISHED",
        "start_time": row["startTime"],
        "end_time": row["endTime"],
        "lifecycle_stage": LifecycleStage.ACTIVE,
        "artifact_uri": f"{request['root']}/{experiment}/{row['id']}/artifacts",
        "experiment_id": experiment,
    }


def metrics_of(row):
    for key, value in row["metrics"].items():
        point = {"timestamp": row["startTime"], "step": 0, "is_nan": False}
        yield {"key": key, "value": value, "run_uuid": row["id"], **point}


def entries_of(row, name):
    named = {"mlflow.runName": row["name"]} if name == "tags" else {}
    for key, value in {**row[name], **named}.items():
        yield {"key": key, "value": value, "run_uuid": row["id"]}


while rows := [json.loads(line) for line in islice(sys.stdin, AT_ONCE)]:
    with store.engine.begin() as connection:
        connection.execute(insert(SqlRun), [run_of(row) for row in rows])
        for table, items in (
            (SqlLatestMetric, metrics_of),
            (SqlParam, lambda row: entries_of(row, "params")),
            (SqlTag, lambda row: entries_of(row, "tags")),
        ):
            connection.execute(insert(table), [item for row in rows for item in items(row)])
json.dump({"experiment": str(experiment)}, answer)
