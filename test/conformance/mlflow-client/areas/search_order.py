"""The order and the pages of searches of runs."""

import math

from areas.search_runs import COUNT, space_of
from expect import pages, refused, same
from mlflow.entities import ViewType


def ordered(space, keys):
    """Numbers in the order of (read, descending) pairs: what is missing is last, after NaN."""
    numbers = space.default_order(range(COUNT))
    for read, descending in reversed(keys):
        values = {n: read(space.models[n]) for n in numbers}

        def rank(n, values=values):
            return 2 if values[n] is None else 1 if values[n] != values[n] else 0

        plain = [n for n in numbers if rank(n) == 0]
        plain.sort(key=values.get, reverse=descending)
        # A reversed sort keeps the order of equals, too.
        numbers = plain + [n for n in numbers if rank(n) == 1] + [n for n in numbers if rank(n) == 2]
    return numbers


def check_orders(scene):
    space = space_of(scene)

    def acc(model):
        return model["metrics"].get("acc")

    def some(model):
        return model["params"].get("some")

    cases = [
        ([], []),
        (["attributes.start_time ASC"], [(lambda m: m["start_time"], False)]),
        (["start_time DESC"], [(lambda m: m["start_time"], True)]),
        (["metrics.acc"], [(acc, False)]),
        (["metrics.acc DESC"], [(acc, True)]),
        (["metric.acc asc", "params.number DESC"], [(acc, False), (lambda m: m["params"]["number"], True)]),
        (["params.some ASC"], [(some, False)]),
        (["params.some DESC"], [(some, True)]),
        (["tags.`a.b/c d`", "attributes.run_name DESC"], [(lambda m: m["tags"].get("a.b/c d"), False), (lambda m: m["run_name"], True)]),
        (["attribute.status", "metrics.n DESC"], [(lambda m: m["status"], False), (lambda m: m["metrics"]["n"], True)]),
        (["end_time"], [(lambda m: m["end_time"], False)]),
        (["end_time DESC"], [(lambda m: m["end_time"], True)]),
        (['metrics."odd name" DESC'], [(lambda m: m["metrics"]["odd name"], True)]),
        (["run_id"], [(lambda m: m["run_id"], False)]),
    ]
    for order_by, keys in cases:
        same(space.find(order_by=order_by), ordered(space, keys), str(order_by))


def check_pages(scene):
    space = space_of(scene)
    for order_by in [[], ["metrics.acc DESC"], ["params.some"], ["start_time ASC"], ["tags.team DESC"]]:
        whole = space.find(order_by=order_by)
        for size in [1, 7, 24, 50]:
            found = pages(
                scene.client.search_runs,
                experiment_ids=[space.experiment],
                order_by=order_by,
                max_results=size,
            )
            same([space.ids.index(run.info.run_id) for run in found], whole, f"{order_by} by {size}")


def check_pages_of_a_filter(scene):
    space = space_of(scene)
    text = "metrics.n >= 5 AND params.some != 'p1'"
    whole = space.find(text, order_by=["metrics.acc DESC"])
    assert 5 < len(whole) < COUNT, whole
    found = pages(
        scene.client.search_runs,
        experiment_ids=[space.experiment],
        filter_string=text,
        order_by=["metrics.acc DESC"],
        max_results=3,
    )
    same([space.ids.index(run.info.run_id) for run in found], whole)


def check_what_runs_of_a_search_hold(scene):
    space = space_of(scene)
    found = {run.info.run_id: run for run in scene.client.search_runs([space.experiment])}
    for id, model in zip(space.ids, space.models, strict=True):
        run = found[id]
        shown = {key: "nan" if math.isnan(v) else v for key, v in run.data.metrics.items()}
        wanted = {key: "nan" if math.isnan(v) else v for key, v in model["metrics"].items()}
        same((shown, run.data.params), (wanted, model["params"]))
        assert model["tags"].items() <= run.data.tags.items()
        names = [entry.dataset.name for entry in run.inputs.dataset_inputs]
        same(names, [model["dataset"]] if model["dataset"] else [])


def check_several_experiments(scene):
    client = scene.client
    one, two, other = scene.experiment(), scene.experiment(), scene.experiment()
    runs = [client.create_run(e, start_time=t + 1).info.run_id for t, e in enumerate([one, two, one, two, other])]

    found = pages(client.search_runs, experiment_ids=[one, two])
    same([run.info.run_id for run in found], runs[3::-1])
    same(client.search_runs([scene.experiment()]), [])
    client.delete_experiment(one)
    left = client.search_runs([one, two], run_view_type=ViewType.ACTIVE_ONLY)
    same([run.info.run_id for run in left], [runs[3], runs[1]])


def check_a_search_right_after_a_write_sees_it(scene):
    client, experiment = scene.client, scene.experiment()
    id = scene.run(experiment)
    for value in range(20):
        client.log_metric(id, "m", value, step=value)
        same(len(client.search_runs([experiment], f"metrics.m = {value}")), 1, f"the value {value}")
        same(len(client.search_runs([experiment], f"metrics.m < {value}")), 0, f"below {value}")
        client.set_tag(id, "t", f"v{value}")
        same(len(client.search_runs([experiment], f"tags.t = 'v{value}'")), 1, f"the tag v{value}")


def check_refusals(scene):
    client, experiment = scene.client, scene.experiment()
    scene.run(experiment)
    filters = [
        "metrics.a > 'x'",
        "metrics.a LIKE 'x'",
        "params.a > 'x'",
        "params.a = 5",
        "tags.a = b",
        "status > 'FAILED'",
        "attributes.unknown = 'x'",
        "what.a = 'x'",
        "metrics.a >",
        "metrics.a",
        "= 5",
        "start_time = 'x'",
        "params.a IN ('x')",
        "datasets.unknown = 'x'",
    ]
    for text in filters:
        try:
            with refused("INVALID_PARAMETER_VALUE"):
                client.search_runs([experiment], text)
        except AssertionError as error:
            raise AssertionError(text) from error
    twice = [["metrics.a", "metrics.a DESC"]] if scene.differs("an order that names a field twice") else []
    for order_by in [*twice, ["what.a"], ["metrics.a SIDEWAYS"], ["unknown"], ["datasets.name"]]:
        try:
            with refused("INVALID_PARAMETER_VALUE"):
                client.search_runs([experiment], order_by=order_by)
        except AssertionError as error:
            raise AssertionError(str(order_by)) from error
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_runs([experiment], max_results=50_001)
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_runs([experiment], page_token="not a token")
