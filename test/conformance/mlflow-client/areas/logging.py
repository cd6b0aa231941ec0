"""Metrics, params and tags as they are told, and what is read back."""

import math

import mlflow
from expect import refused, same
from mlflow.entities import Metric, Param, RunTag

LARGEST = 1.7976931348623157e308
INT64 = 2**63


def check_values_of_metrics(scene):
    client, id = scene.client, scene.run()
    values = {
        "zero": (0, 0.0),
        "minus": (-1.5, -1.5),
        "small": (5e-324, 5e-324),
        "third": (1 / 3, 1 / 3),
        "infinite": (math.inf, LARGEST),
        "minus infinite": (-math.inf, -LARGEST),
        "large": (2**53 + 1, float(2**53)),
        "text": ("2.5", 2.5),
    }
    for key, (value, _) in values.items():
        client.log_metric(id, key, value)
    client.log_metric(id, "nan", math.nan)

    metrics = client.get_run(id).data.metrics
    assert math.isnan(metrics.pop("nan"))
    same(metrics, {key: wanted for key, (_, wanted) in values.items()})


def check_steps_and_times(scene):
    client, id = scene.client, scene.run()
    steps = [0, 1, -1, INT64 - 1, -INT64, 2**53 + 1, -(2**53) - 1]
    for step in steps:
        client.log_metric(id, "m", step % 7, timestamp=1_000, step=step)

    history = client.get_metric_history(id, "m")
    same([point.step for point in history], sorted(steps))
    same({point.timestamp for point in history}, {1_000})


def check_the_latest_is_by_step_then_time_then_value(scene):
    client, id = scene.client, scene.run()
    points = [(3.0, 10, 5), (1.0, 99, 4), (2.0, 20, 5), (7.0, 20, 5), (4.0, 20, 5), (9.0, 100, 0)]
    for value, time, step in points:
        client.log_metric(id, "m", value, time, step)

    same(client.get_run(id).data.metrics, {"m": 7.0})
    latest = client.get_run(id).data._metric_objs[0]
    same((latest.value, latest.timestamp, latest.step), (7.0, 20, 5))


def check_an_exact_repeat_is_one_point(scene):
    client, id = scene.client, scene.run()
    for _ in range(3):
        client.log_metric(id, "m", 1.0, 10, 0)
    client.log_batch(id, [Metric("m", 1.0, 10, 0), Metric("m", 1.0, 11, 0)] * 2)

    same([point.timestamp for point in client.get_metric_history(id, "m")], [10, 11])


def check_params(scene):
    client, id = scene.client, scene.run()
    values = {"int": 1, "float": 0.1, "none": None, "list": [1, "a"], "empty": "", "ü": "ü"}
    for key, value in values.items():
        client.log_param(id, key, value)

    same(client.get_run(id).data.params, {key: str(value) for key, value in values.items()})
    client.log_param(id, "int", "1")
    with refused("INVALID_PARAMETER_VALUE", "Changing param values is not allowed", "'int'"):
        client.log_param(id, "int", 2)
    same(client.get_run(id).data.params["int"], "1")


def check_long_values_are_cut(scene):
    client, id = scene.client, scene.run()
    client.log_param(id, "p", "x" * 6_001)
    client.set_tag(id, "t", "y" * 8_001)
    client.log_batch(id, params=[Param("q", "x" * 7_000)], tags=[RunTag("u", "y" * 9_000)])

    data = client.get_run(id).data
    same({key: len(value) for key, value in data.params.items()}, {"p": 6_000, "q": 6_000})
    same((len(data.tags["t"]), len(data.tags["u"])), (8_000, 8_000))


def check_keys(scene):
    client, id = scene.client, scene.run()
    good = ["a", "a/b", "a b", "a.b-c_d", "a:b", "0", "k" * 250, ".a", "a..b", "ü"]
    for key in good:
        client.log_metric(id, key, 1)
        client.log_param(id, key, 1)
        client.set_tag(id, key, 1)
    data = client.get_run(id).data
    same((set(data.metrics), set(data.params)), (set(good), set(good)))
    for key in ["k" * 251, "", "a/../b", "/a", "../a", "a//b", "./a", "a/", "a,b", "a'b"]:
        for write in [client.log_metric, client.log_param, client.set_tag]:
            try:
                with refused("INVALID_PARAMETER_VALUE"):
                    write(id, key, 1)
            except AssertionError as error:
                raise AssertionError(f"{write.__name__} of {key!r}") from error


def check_batches(scene):
    client, id = scene.client, scene.run()
    metrics = [Metric(f"m{n % 10}", n, 1_000 + n, n) for n in range(1_000)]
    client.log_batch(id, metrics)
    params = [Param(f"p{n}", str(n)) for n in range(100)]
    tags = [RunTag(f"t{n}", str(n)) for n in range(100)]
    client.log_batch(id, params=params, tags=tags)
    client.log_batch(id)

    data = client.get_run(id).data
    same(data.metrics, {f"m{n}": 990.0 + n for n in range(10)})
    same(data.params, {param.key: param.value for param in params})
    assert {tag.key: tag.value for tag in tags}.items() <= data.tags.items()
    same(len(client.get_metric_history(id, "m3")), 100)


def check_refused_batches(scene):
    client, id = scene.client, scene.run()
    store = scene.store
    with refused("INVALID_PARAMETER_VALUE", "1000"):
        store.log_batch(id, [Metric("m", n, n, n) for n in range(1_001)], [], [])
    with refused("INVALID_PARAMETER_VALUE", "100"):
        store.log_batch(id, [], [Param(f"p{n}", "1") for n in range(101)], [])
    with refused("INVALID_PARAMETER_VALUE", "100"):
        store.log_batch(id, [], [], [RunTag(f"t{n}", "1") for n in range(101)])
    with refused("INVALID_PARAMETER_VALUE", "Duplicate parameter keys have been submitted"):
        store.log_batch(id, [], [Param("p", "1"), Param("p", "2")], [])
    same(client.get_run(id).data.params, {})


def check_a_batch_whose_params_are_refused_logs_nothing_of_them(scene):
    client, id = scene.client, scene.run()
    client.log_param(id, "p", "1")
    with refused("INVALID_PARAMETER_VALUE", "Changing param values is not allowed"):
        client.log_batch(id, params=[Param("p", "2"), Param("q", "1")])
    same(client.get_run(id).data.params, {"p": "1"})


def check_asynchronous_logging(scene):
    experiment = scene.experiment()
    with mlflow.start_run(experiment_id=experiment) as run:
        waiting = [mlflow.log_metric("m", n, step=n, synchronous=False) for n in range(50)]
        waiting.append(mlflow.log_params({"a": 1, "b": 2}, synchronous=False))
        waiting.append(mlflow.set_tag("t", "1", synchronous=False))
        for operation in waiting:
            operation.wait()
    data = scene.client.get_run(run.info.run_id).data

    same((data.metrics, data.params, data.tags["t"]), ({"m": 49.0}, {"a": "1", "b": "2"}, "1"))
    same(len(scene.client.get_metric_history(run.info.run_id, "m")), 50)
    mlflow.flush_async_logging()
