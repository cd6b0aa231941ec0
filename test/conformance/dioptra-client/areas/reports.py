"""What jobs report: metrics and log."""

import datetime
import math

from expect import MISSING, has, is_time, refused, walk


def check_metrics(scene):
    jobs = scene.client.jobs
    _, job = scene.job()
    append = jobs.append_metric_by_id

    assert jobs.get_metrics_by_id(job) == []
    assert append(job, "loss", 0.5) == {"name": "loss", "value": 0.5}
    when = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
    append(job, "loss", 0.25, 1, when)
    append(job, "loss", 0.125, 2, when.isoformat())
    append(job, "accuracy", 1)
    metrics = sorted(jobs.get_metrics_by_id(job), key=lambda metric: metric["name"])
    assert metrics == [{"name": "accuracy", "value": 1}, {"name": "loss", "value": 0.125}]

    history = jobs.get_metrics_snapshots_by_id(job, "loss")
    has(history, index=0, isComplete=True, totalNumResults=3)
    assert [(row["step"], row["value"]) for row in history["data"]] == [(0, 0.5), (1, 0.25), (2, 0.125)]
    has(history["data"][1], name="loss")
    assert history["data"][1]["timestamp"].startswith("2024-05-06T07:08:09")
    with refused(400):
        append(job, "not a name", 1.0)
    with refused(404):
        append(MISSING, "loss", 1.0)


def check_pages_of_a_metric(scene):
    jobs = scene.client.jobs
    _, job = scene.job()
    for step in range(5):
        jobs.append_metric_by_id(job, "loss", step, step)

    second = jobs.get_metrics_snapshots_by_id(job, "loss", index=1, page_length=2)
    steps = [row["step"] for row in second["data"]]
    assert steps == [2, 3], steps


def check_metrics_that_are_no_numbers(scene):
    jobs = scene.client.jobs
    _, job = scene.job()
    for step, value in enumerate([math.nan, math.inf, -math.inf]):
        jobs.append_metric_by_id(job, "odd", value, step)

    rows = jobs.get_metrics_snapshots_by_id(job, "odd")["data"]
    assert [row["value"] for row in rows] == ["nan", "inf", "-inf"]


def check_log(scene):
    jobs = scene.client.jobs
    _, job = scene.job()
    severities = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    lines = [
        {"severity": severity, "loggerName": "check", "message": f"line {number}"}
        for number, severity in enumerate(severities)
    ]

    assert jobs.get_logs_by_id(job)["data"] == []
    stored = jobs.append_logs_by_id(job, lines)
    for row, line in zip(stored, lines, strict=True):
        has(row, **line)
        is_time(row["createdOn"])
    rows = walk(lambda **query: jobs.get_logs_by_id(job, **query))
    assert [row["message"] for row in rows] == [line["message"] for line in lines]
    grave = jobs.get_logs_by_id(job, severity=["ERROR", "CRITICAL"])
    assert [row["severity"] for row in grave["data"]] == ["ERROR", "CRITICAL"]
    by_severity = jobs.get_logs_by_id(job, sort_by="severity", descending=True)
    assert [row["severity"] for row in by_severity["data"]] == sorted(severities, reverse=True)
    with refused(400):
        jobs.append_logs_by_id(job, [{"severity": "LOUD", "loggerName": "a", "message": "b"}])
    with refused(400):
        jobs.append_logs_by_id(job, [])
