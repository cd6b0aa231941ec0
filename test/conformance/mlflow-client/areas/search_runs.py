"""Search of runs: every operator, entity and order, against what Python expects."""

import math
import re
from functools import cache

from expect import refused, same
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

COUNT = 24
WORDS = ["alpha", "Alpha", "beta", "alp_a", "al%a", "gamma x"]


def model_of(n):
    """What the run with this number holds; some hold less than others."""
    metrics = {"n": float(n), "odd name": n / 2}
    if n % 3:
        metrics["acc"] = math.nan if n % 7 == 0 else (n * 37 % 11) / 10 - 0.3
    params = {"word": WORDS[n % 6], "number": str(n)}
    if n % 4:
        params["some"] = f"p{n % 5}"
    tags = {"team": WORDS[(n * 5) % 6].upper() if n % 2 else WORDS[n % 6]}
    if n % 5:
        tags["a.b/c d"] = f"t{n % 3}"
    return {
        "metrics": metrics,
        "params": params,
        "tags": tags,
        "run_name": f"run {n:02}" if n % 2 else f"Job {n:02}",
        "start_time": 1_000 + n // 2,
        "status": ["RUNNING", "FINISHED", "FAILED", "KILLED"][n % 4],
        "end_time": 2_000 + n if n % 4 else None,
        "dataset": ["train", "test", None][n % 3],
    }


class Space:
    """An experiment with runs, and a search that returns their numbers."""

    def __init__(self, scene):
        self.scene, self.client = scene, scene.client
        self.experiment = scene.experiment()
        self.models = [model_of(n) for n in range(COUNT)]
        self.ids = [self.make(model) for model in self.models]
        for model, id in zip(self.models, self.ids, strict=True):
            model["run_id"] = id

    def make(self, model):
        client, start = self.client, model["start_time"]
        run = client.create_run(self.experiment, start_time=start, run_name=model["run_name"])
        id = run.info.run_id
        client.log_batch(
            id,
            # The first value is not the latest one, which alone counts.
            [Metric(key, 99, 1, 0) for key in model["metrics"]]
            + [Metric(key, value, 1, 1) for key, value in model["metrics"].items()],
            [Param(key, value) for key, value in model["params"].items()],
            [RunTag(key, value) for key, value in model["tags"].items()],
        )
        if model["dataset"]:
            dataset = Dataset(model["dataset"], f"digest-{model['dataset']}", "local", "{}")
            context = InputTag("mlflow.data.context", f"{model['dataset']}ing")
            client.log_inputs(id, [DatasetInput(dataset, [context])])
        if model["end_time"]:
            client.set_terminated(id, model["status"], model["end_time"])
        return id

    def find(self, text="", **more):
        found = self.client.search_runs([self.experiment], text, **more)
        return [self.ids.index(run.info.run_id) for run in found]

    def default_order(self, numbers):
        return sorted(numbers, key=lambda n: (-self.models[n]["start_time"], self.ids[n]))

    def matching(self, holds):
        return self.default_order(n for n, model in enumerate(self.models) if holds(model))


@cache
def space_of(scene):
    return Space(scene)


def like(pattern, flags=0):
    parts = [{"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern]
    return re.compile("".join(parts), flags | re.DOTALL).fullmatch


def number(read, holds):
    return lambda model: (value := read(model)) is not None and holds(value)


def acc(holds):
    return number(lambda model: model["metrics"].get("acc"), holds)


def of(kind, key, holds):
    return number(lambda model: model[kind].get(key), holds)


def check(scene, cases):
    space = space_of(scene)
    for text, holds in cases.items():
        wanted = space.matching(holds)
        same(space.find(text), wanted, text)


def check_metrics(scene):
    check(
        scene,
        {
            "metrics.acc > 0.2": acc(lambda v: v > 0.2),
            "metrics.acc >= 0.2": acc(lambda v: v >= 0.2),
            "metrics.acc < 0.2": acc(lambda v: v < 0.2),
            "metrics.acc <= 0": acc(lambda v: v <= 0),
            "metric.acc = 0.5": acc(lambda v: v == 0.5),
            "metrics.acc != 0.5": acc(lambda v: v != 0.5),
            "metrics.acc > -1e300": acc(lambda v: v > -1e300),
            "metrics.n >= 20": of("metrics", "n", lambda v: v >= 20),
            "metrics.n > 20.5 AND metrics.n < 22.5": of("metrics", "n", lambda v: 20.5 < v < 22.5),
            "metrics.`odd name` = 1.5": of("metrics", "odd name", lambda v: v == 1.5),
            'metrics."odd name" > 11': of("metrics", "odd name", lambda v: v > 11),
            "metrics.none > 0": lambda _: False,
            "metrics.n > 1e1": of("metrics", "n", lambda v: v > 10),
        },
    )


def check_params(scene):
    word = "word"
    check(
        scene,
        {
            "params.word = 'alpha'": of("params", word, lambda v: v == "alpha"),
            'param.word = "alpha"': of("params", word, lambda v: v == "alpha"),
            "parameters.word != 'alpha'": of("params", word, lambda v: v != "alpha"),
            "params.word LIKE 'al%'": of("params", word, like("al%")),
            "params.word LIKE 'alp_a'": of("params", word, like("alp_a")),
            "params.word ILIKE 'ALP%'": of("params", word, like("ALP%", re.IGNORECASE)),
            "params.word like '%a%a%'": of("params", word, like("%a%a%")),
            "params.word LIKE '% x'": of("params", word, like("% x")),
            "params.some = 'p3'": of("params", "some", lambda v: v == "p3"),
            "params.some != 'p3'": of("params", "some", lambda v: v != "p3"),
            "params.some IS NULL": lambda m: "some" not in m["params"],
            "params.some IS NOT NULL": lambda m: "some" in m["params"],
            "params.number = '7'": of("params", "number", lambda v: v == "7"),
            "params.word = 'it''s'": lambda _: False,
        },
    )


def check_tags(scene):
    key = "a.b/c d"
    check(
        scene,
        {
            "tags.team = 'alpha'": of("tags", "team", lambda v: v == "alpha"),
            "tag.team != 'alpha'": of("tags", "team", lambda v: v != "alpha"),
            "tags.team LIKE 'ALP%'": of("tags", "team", like("ALP%")),
            "tags.team ILIKE '%GAMMA%'": of("tags", "team", like("%GAMMA%", re.IGNORECASE)),
            f"tags.`{key}` = 't1'": of("tags", key, lambda v: v == "t1"),
            f'tags."{key}" != "t1"': of("tags", key, lambda v: v != "t1"),
            f"tags.`{key}` IS NULL": lambda m: key not in m["tags"],
            f"tags.`{key}` IS NOT NULL": lambda m: key in m["tags"],
            "tags.`mlflow.runName` LIKE 'Job%'": lambda m: m["run_name"].startswith("Job"),
        },
    )


def attribute(name, holds):
    return number(lambda model: model[name], holds)


def check_attributes(scene):
    space = space_of(scene)
    one, two = space.ids[3], space.ids[4]
    check(
        scene,
        {
            f"run_id = '{one}'": attribute("run_id", lambda v: v == one),
            f"attributes.run_id != '{one}'": attribute("run_id", lambda v: v != one),
            f"attribute.run_id IN ('{one}', '{two}')": attribute("run_id", lambda v: v in (one, two)),
            f"run_id NOT IN ('{one}','{two}')": attribute("run_id", lambda v: v not in (one, two)),
            f"run_id LIKE '{one[:8]}%'": attribute("run_id", lambda v: v == one),
            "attr.status = 'FINISHED'": attribute("status", lambda v: v == "FINISHED"),
            "run.status != 'FINISHED'": attribute("status", lambda v: v != "FINISHED"),
            "attributes.run_name = 'run 05'": attribute("run_name", lambda v: v == "run 05"),
            "attributes.`run name` LIKE 'run 1%'": attribute("run_name", like("run 1%")),
            "attributes.`Run Name` ILIKE 'RUN 1%'": attribute("run_name", like("run 1%")),
            "run_name ILIKE 'JOB%'": attribute("run_name", like("Job%")),
            "attributes.start_time >= 1008": attribute("start_time", lambda v: v >= 1_008),
            "start_time < 1003": attribute("start_time", lambda v: v < 1_003),
            "attributes.created = 1004": attribute("start_time", lambda v: v == 1_004),
            "end_time > 2010": attribute("end_time", lambda v: v > 2_010),
            "end_time != 2010": attribute("end_time", lambda v: v != 2_010),
            "artifact_uri LIKE '%artifacts'": lambda _: True,
        },
    )


def check_lists_of_other_attributes(scene):
    text = "status IN ('FAILED', 'KILLED')"
    if scene.differs("lists of attributes other than run_id"):
        check(scene, {text: attribute("status", lambda v: v in ("FAILED", "KILLED"))})
    else:
        with refused("INVALID_PARAMETER_VALUE"):
            space_of(scene).find(text)


def check_datasets(scene):
    check(
        scene,
        {
            "datasets.name = 'train'": attribute("dataset", lambda v: v == "train"),
            "dataset.name LIKE 't%t'": attribute("dataset", lambda v: v == "test"),
            "datasets.digest = 'digest-test'": attribute("dataset", lambda v: v == "test"),
            "datasets.context = 'training'": attribute("dataset", lambda v: v == "train"),
            "datasets.name IN ('train', 'none')": attribute("dataset", lambda v: v == "train"),
            "datasets.name ILIKE 'TR%'": attribute("dataset", lambda v: v == "train"),
        },
    )


def check_several_conditions(scene):
    check(
        scene,
        {
            "": lambda _: True,
            "metrics.acc > 0 AND params.some = 'p1' AND status = 'FINISHED'": lambda m: (
                m["metrics"].get("acc", -1) > 0
                and m["params"].get("some") == "p1"
                and m["status"] == "FINISHED"
            ),
            "metrics.n > 5 and metrics.n < 15 and tags.team ilike 'alpha'": lambda m: (
                5 < m["metrics"]["n"] < 15 and m["tags"]["team"].lower() == "alpha"
            ),
            "datasets.name = 'train' AND metrics.acc != 0.1": lambda m: (
                m["dataset"] == "train" and m["metrics"].get("acc", 0.1) != 0.1
            ),
        },
    )
