"""Experiments: their life, their tags, how they are searched."""

from expect import pages, refused, same
from mlflow.entities import ExperimentTag, ViewType


def check_life_of_an_experiment(scene):
    client, name = scene.client, scene.name("experiment")
    since = scene.now()
    id = client.create_experiment(name, tags={"team": "vision", "long": "x" * 5_000})
    experiment = client.get_experiment(id)

    same((experiment.name, experiment.lifecycle_stage), (name, "active"))
    same(experiment.tags, {"team": "vision", "long": "x" * 5_000})
    assert since - 5_000 <= experiment.creation_time <= scene.now() + 5_000
    assert experiment.last_update_time >= experiment.creation_time
    assert experiment.artifact_location.endswith(f"/{id}"), experiment.artifact_location
    same(client.get_experiment_by_name(name).experiment_id, id)
    client.rename_experiment(id, f"{name} renamed")
    assert client.get_experiment_by_name(name) is None
    same(client.get_experiment(id).name, f"{name} renamed")
    client.delete_experiment(id)
    same(client.get_experiment(id).lifecycle_stage, "deleted")
    same(client.get_experiment_by_name(f"{name} renamed").lifecycle_stage, "deleted")
    client.restore_experiment(id)
    same(client.get_experiment(id).lifecycle_stage, "active")


def check_tags(scene):
    client, id = scene.client, scene.experiment(tags={"a": "1"})

    client.set_experiment_tag(id, "a", "2")
    client.set_experiment_tag(id, "b.c/d e", "ü")
    client.set_experiment_tag(id, "mlflow.note.content", "# A note")
    tags = {"a": "2", "b.c/d e": "ü", "mlflow.note.content": "# A note"}
    same(client.get_experiment(id).tags, tags)
    client.delete_experiment_tag(id, "a")
    assert "a" not in client.get_experiment(id).tags


def check_names_are_unique(scene):
    client, name = scene.client, scene.name("experiment")
    id = scene.experiment(name)

    with refused("RESOURCE_ALREADY_EXISTS", "already exists"):
        client.create_experiment(name)
    client.delete_experiment(id)
    with refused("RESOURCE_ALREADY_EXISTS", "already exists"):
        client.create_experiment(name)


def check_refusals(scene):
    client, id = scene.client, scene.experiment()

    with refused("RESOURCE_DOES_NOT_EXIST", "No Experiment with id=987654321 exists"):
        client.get_experiment("987654321")
    assert client.get_experiment_by_name(scene.name()) is None
    client.delete_experiment(id)
    with refused("RESOURCE_DOES_NOT_EXIST", f"No Experiment with id={id} exists"):
        client.delete_experiment(id)
    with refused("INVALID_PARAMETER_VALUE", "must be in the 'active' state"):
        client.create_run(id)
    with refused("INVALID_PARAMETER_VALUE", "must be in the 'active' state"):
        client.set_experiment_tag(id, "a", "b")
    client.restore_experiment(id)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.restore_experiment(id)


def check_the_default_experiment(scene):
    default = scene.client.get_experiment("0")

    same((default.name, default.experiment_id), ("Default", "0"))
    same(scene.client.get_experiment_by_name("Default").experiment_id, "0")
    run = scene.run("0")
    same(scene.client.get_run(run).info.experiment_id, "0")


def check_deletion_takes_the_runs_along(scene):
    client, id = scene.client, scene.experiment()
    kept, gone = scene.run(id), scene.run(id)
    client.delete_run(gone)

    client.delete_experiment(id)
    for run in [kept, gone]:
        same(client.get_run(run).info.lifecycle_stage, "deleted")
    client.restore_experiment(id)
    stage = scene.differs("run deleted before its experiment, after that was restored")
    same(client.get_run(kept).info.lifecycle_stage, "active")
    same(client.get_run(gone).info.lifecycle_stage, stage)


def search_of(scene):
    """Experiments of a prefix of their own, and a search among them that returns indices."""
    prefix = scene.name("s")
    tags = [{"k": "one"}, {"k": "Two"}, {"k": "two", "other key": "x"}, {}, {"k": "1%_"}]
    names = ["Alpha", "beta", "ALPHABET", "gamma_1", "delta%"]
    ids = [scene.experiment(f"{prefix} {n}", tags=t) for n, t in zip(names, tags, strict=True)]
    scene.client.delete_experiment(ids[4])

    def search(filter="", **more):
        mine = f"name LIKE '{prefix} %'"
        text = f"{mine} AND {filter}" if filter else mine
        found = scene.client.search_experiments(filter_string=text, **more)
        return [ids.index(row.experiment_id) for row in found]

    return search, ids, prefix


def check_search_by_filters(scene):
    search, ids, prefix = search_of(scene)
    first = scene.client.get_experiment(ids[0])

    cases = {
        "": {0, 1, 2, 3},
        f"name = '{prefix} beta'": {1},
        f"name != '{prefix} beta'": {0, 2, 3},
        f"attribute.name ILIKE '{prefix} alpha%'": {0, 2},
        "name LIKE '%a%' AND name LIKE '%et%'": {1},
        "name LIKE '%gamma__'": {3},
        "tags.k = 'one'": {0},
        "tag.k != 'one'": {1, 2},
        "tags.k LIKE 't%'": {2},
        "tags.k ILIKE 't%'": {1, 2},
        "tags.`other key` = 'x'": {2},
        'tags."other key" = "x"': {2},
        "tags.k IS NULL": {3},
        "tags.k IS NOT NULL": {0, 1, 2},
        f"experiment_id = '{ids[2]}'": {2},
        f"experiment_id IN ('{ids[1]}', '{ids[3]}')": {1, 3},
        f"experiment_id NOT IN ('{ids[1]}', '{ids[3]}')": {0, 2},
        f"creation_time >= {first.creation_time}": {0, 1, 2, 3},
        f"creation_time < {first.creation_time}": set(),
        f"last_update_time > {first.creation_time - 1} and tags.k = 'Two'": {1},
    }
    for text, wanted in cases.items():
        same(set(search(text)), wanted, text)


def check_search_by_view_and_order(scene):
    search, ids, _ = search_of(scene)

    same(set(search(view_type=ViewType.DELETED_ONLY)), {4})
    same(set(search(view_type=ViewType.ALL)), {0, 1, 2, 3, 4})
    same(search(order_by=["name"]), [2, 0, 1, 3])
    same(search(order_by=["name DESC"]), [3, 1, 0, 2])
    by_id = sorted(range(4), key=lambda i: int(ids[i]))
    same(search(order_by=["experiment_id ASC"]), by_id)
    same(search(order_by=["experiment_id DESC"]), by_id[::-1])
    created = [scene.client.get_experiment(id).creation_time for id in ids[:4]]
    shown = [created[i] for i in search()]
    same(shown, sorted(shown, reverse=True), "the default order")
    shown = [created[i] for i in search(order_by=["creation_time ASC", "experiment_id"])]
    same(shown, sorted(shown), "the order of creation")


def check_search_in_pages(scene):
    prefix = scene.name("p")
    ids = [scene.experiment(f"{prefix} {n}") for n in range(5)]
    text = f"name LIKE '{prefix}%'"

    found = pages(scene.client.search_experiments, filter_string=text, order_by=["name"])
    same([row.experiment_id for row in found], ids)
    whole = pages(scene.client.search_experiments, filter_string=text, max_results=5)
    same(len(whole), 5)


def check_search_refusals(scene):
    search = scene.client.search_experiments
    for text in ["name = 'a' OR", "nme = 'a'", "name > 'a'", "tags.a > 3", "name = a", "name"]:
        with refused("INVALID_PARAMETER_VALUE"):
            search(filter_string=text)
    for order in ["nme", "name UP", "tags.a"]:
        with refused("INVALID_PARAMETER_VALUE"):
            search(order_by=[order])
    with refused("INVALID_PARAMETER_VALUE"):
        search(page_token="not a token")
    with refused("INVALID_PARAMETER_VALUE"):
        search(max_results=50_001)


def check_tags_as_objects(scene):
    id = scene.store.create_experiment(scene.name(), None, [ExperimentTag("a", "b")])
    same(scene.client.get_experiment(id).tags, {"a": "b"})
