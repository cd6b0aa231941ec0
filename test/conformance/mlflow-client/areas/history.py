"""Histories of metrics: whole, in pages, of many runs, in samples."""

import math

from expect import MISSING_RUN, refused, same
from mlflow.entities import Metric

BULK = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
SAMPLE = "/api/2.0/mlflow/metrics/get-history-bulk-interval"


def with_points(scene, experiment, count, value=float):
    id = scene.run(experiment)
    for first in range(0, count, 1_000):
        steps = range(first, min(first + 1_000, count))
        scene.client.log_batch(id, [Metric("m", value(n), 1_000 + n, n) for n in steps])
    return id


def check_order_of_a_history(scene):
    client, id = scene.client, scene.run()
    points = [(1.0, 30, 0), (3.0, 10, 2), (2.0, 10, 2), (4.0, 10, 1), (math.nan, 20, 5)]
    client.log_batch(id, [Metric("m", value, time, step) for value, time, step in points])
    client.log_metric(id, "other", 1)

    shown = [(str(p.value), p.timestamp, p.step) for p in client.get_metric_history(id, "m")]
    wanted = [("4.0", 10, 1), ("2.0", 10, 2), ("3.0", 10, 2), ("nan", 20, 5), ("1.0", 30, 0)]
    same(shown, wanted)
    same(client.get_metric_history(id, "none of it"), [])


def check_pages_of_a_history(scene):
    id = with_points(scene, scene.experiment(), 1_050)

    rows, token, sizes = [], None, []
    while token != "":
        page = scene.store.get_metric_history(id, "m", max_results=400, page_token=token)
        sizes.append(len(page))
        rows += page
        token = page.token or ""
    same(sizes, [400, 400, 250])
    same([point.step for point in rows], list(range(1_050)))
    same(len(scene.client.get_metric_history(id, "m")), 1_050)


def check_history_of_many_runs(scene):
    experiment = scene.experiment()
    runs = [with_points(scene, experiment, count) for count in [3, 0, 2]]
    query = {"run_id": runs, "metric_key": "m", "max_results": 100}

    answer = scene.call("GET", BULK, params=query)
    same(answer.status_code, 200)
    seen = [(m["run_id"], m["step"], m["value"]) for m in answer.json().get("metrics", [])]
    wanted = [(run, n, float(n)) for run, count in zip(runs, [3, 0, 2], strict=True) for n in range(count)]
    same(sorted(seen), sorted(wanted))


def check_samples_of_long_histories(scene):
    experiment = scene.experiment()
    long, short = with_points(scene, experiment, 2_000), with_points(scene, experiment, 3)

    def sample(runs, most, **more):
        query = {"run_ids": runs, "metric_key": "m", "max_results": most} | more
        answer = scene.call("GET", SAMPLE, params=query)
        same(answer.status_code, 200)
        rows = answer.json().get("metrics", [])
        return {run: [m["step"] for m in rows if m["run_id"] == run] for run in runs}

    steps = sample([long, short], 20)
    same(steps[short], [0, 1, 2])
    assert steps[long][0] == 0 and steps[long][-1] == 1_999, steps[long]
    assert 15 <= len(steps[long]) <= 25, len(steps[long])
    gaps = [b - a for a, b in zip(steps[long], steps[long][1:], strict=False)]
    assert max(gaps) <= 220, f"uneven samples: {gaps}"
    part = sample([long], 2_500, start_step=100, end_step=109)[long]
    same(part, list(range(100, 110)))


def check_refusals(scene):
    id = scene.run()
    wrong = [
        {"start_step": 5},
        {"end_step": 5},
        {"start_step": 5, "end_step": 4},
        {"max_results": 0},
        {"max_results": 2_501},
        {"run_ids": [id] * 101},
        {"run_ids": []},
        {"metric_key": ""},
    ]
    for more in wrong:
        answer = scene.call("GET", SAMPLE, params={"run_ids": [id], "metric_key": "m"} | more)
        seen = answer.status_code, answer.json()["error_code"]
        same(seen, (400, "INVALID_PARAMETER_VALUE"), str(more)[:80])
    if scene.differs("history of a run that is not there"):
        with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
            scene.client.get_metric_history(MISSING_RUN, "m")
    else:
        same(scene.client.get_metric_history(MISSING_RUN, "m"), [])
