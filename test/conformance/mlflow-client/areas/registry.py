"""Registered models and their versions."""

import mlflow
from expect import pages, refused, same


def source_of(scene):
    """A run and where a model of it would be."""
    id = scene.run()
    scene.client.log_text(id, "weights", "model/weights.txt")
    return id, f"runs:/{id}/model"


def version_of(scene, name, **more):
    run, source = source_of(scene)
    return scene.client.create_model_version(name, source, run, **more)


def model(scene, name=None, **more):
    return scene.client.create_registered_model(name or scene.name("model"), **more).name


def check_life_of_a_model(scene):
    client, name = scene.client, scene.name("model")
    made = client.create_registered_model(name, {"a": "1"}, "of a check")

    same((made.name, made.tags, made.description), (name, {"a": "1"}, "of a check"))
    assert made.creation_timestamp <= made.last_updated_timestamp
    same(list(made.latest_versions), [])
    got = client.get_registered_model(name)
    same((got.name, got.tags, got.description, got.aliases), (name, {"a": "1"}, "of a check", {}))
    same(client.update_registered_model(name, "changed").description, "changed")
    client.set_registered_model_tag(name, "b", 2)
    client.delete_registered_model_tag(name, "a")
    client.delete_registered_model_tag(name, "never there")
    same(client.get_registered_model(name).tags, {"b": "2"})
    client.delete_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST", f"Registered Model with name={name} not found"):
        client.get_registered_model(name)


def check_names_of_models(scene):
    client, name = scene.client, model(scene)
    with refused("RESOURCE_ALREADY_EXISTS", "already exists"):
        client.create_registered_model(name)
    for wrong in ["", "a/b", "a:b"]:
        with refused("INVALID_PARAMETER_VALUE"):
            client.create_registered_model(wrong)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.rename_registered_model(scene.name(), scene.name())
    other = model(scene)
    with refused("RESOURCE_ALREADY_EXISTS", "already exists"):
        client.rename_registered_model(name, other)
    for call in [client.delete_registered_model, client.get_registered_model]:
        with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
            call(scene.name())


def check_rename(scene):
    client, name = scene.client, model(scene, tags={"a": "1"}, description="d")
    version_of(scene, name, tags={"v": "1"})
    client.set_registered_model_alias(name, "best", "1")
    new = scene.name("renamed")

    client.rename_registered_model(name, new)
    got = client.get_registered_model(new)
    same((got.tags, got.description, got.aliases), ({"a": "1"}, "d", {"best": "1"}))
    version = client.get_model_version(new, "1")
    same((version.name, version.tags, version.aliases), (new, {"v": "1"}, ["best"]))
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_registered_model(name)
    same(client.create_registered_model(name).name, name)


def check_life_of_a_version(scene):
    client, name = scene.client, model(scene)
    run, source = source_of(scene)
    made = client.create_model_version(name, source, run, {"a": "1"}, description="one")

    same((made.version, made.status, made.current_stage), ("1", "READY", "None"))
    same((made.run_id, made.source, made.tags, made.description), (run, source, {"a": "1"}, "one"))
    same(version_of(scene, name).version, "2")
    assert client.get_model_version_download_uri(name, "1").endswith("/model")
    same(client.update_model_version(name, "1", "changed").description, "changed")
    client.set_model_version_tag(name, "1", "b", 2)
    client.delete_model_version_tag(name, "1", "a")
    client.delete_model_version_tag(name, "1", "never there")
    got = client.get_model_version(name, "1")
    same((got.tags, got.description), ({"b": "2"}, "changed"))
    client.delete_model_version(name, "2")
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.get_model_version(name, "2")
    same(version_of(scene, name).version, "3")


def check_versions_that_cannot_be(scene):
    client, name = scene.client, model(scene)
    run, source = source_of(scene)
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.create_model_version(scene.name(), source, run)
    for version in ["9", "0"]:
        with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
            client.get_model_version(name, version)
    with refused("INVALID_PARAMETER_VALUE"):
        client.get_model_version(name, "one")
    for wrong in ["/etc/passwd", "file:///etc/passwd", f"runs:/{scene.run()}/model", "../../x"]:
        try:
            with refused("INVALID_PARAMETER_VALUE"):
                client.create_model_version(name, wrong, run)
        except AssertionError as error:
            raise AssertionError(wrong) from error


def check_aliases(scene):
    client, name = scene.client, model(scene)
    for _ in range(2):
        version_of(scene, name)

    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "other", "1")
    same(client.get_model_version_by_alias(name, "champion").version, "1")
    same(sorted(client.get_model_version(name, "1").aliases), ["champion", "other"])
    client.set_registered_model_alias(name, "champion", "2")
    same(client.get_registered_model(name).aliases, {"champion": "2", "other": "1"})
    client.delete_registered_model_alias(name, "champion")
    client.delete_registered_model_alias(name, "never")
    same(client.get_registered_model(name).aliases, {"other": "1"})
    with refused("INVALID_PARAMETER_VALUE", "Registered model alias champion not found."):
        client.get_model_version_by_alias(name, "champion")
    for wrong in ["latest", "v1", "V22", "a b", "a" * 256]:
        with refused("INVALID_PARAMETER_VALUE"):
            client.set_registered_model_alias(name, wrong, "1")
    with refused("RESOURCE_DOES_NOT_EXIST", "not found"):
        client.set_registered_model_alias(name, "a", "9")
    client.delete_model_version(name, "1")
    same(client.get_registered_model(name).aliases, {})


def check_stages(scene):
    client, name = scene.client, model(scene)
    for _ in range(3):
        version_of(scene, name)

    same(client.transition_model_version_stage(name, "1", "Staging").current_stage, "Staging")
    client.transition_model_version_stage(name, "2", "production")
    latest = {v.current_stage: v.version for v in client.get_latest_versions(name)}
    same(latest, {"Staging": "1", "Production": "2", "None": "3"})
    client.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True)
    same(client.get_model_version(name, "2").current_stage, "Archived")
    same([v.version for v in client.get_latest_versions(name, ["Production"])], ["3"])
    found = {v.current_stage: v.version for v in client.get_registered_model(name).latest_versions}
    same(found, {"Staging": "1", "Archived": "2", "Production": "3"})
    with refused("INVALID_PARAMETER_VALUE", "Invalid Model Version stage"):
        client.transition_model_version_stage(name, "1", "Retired")


def check_search_of_models(scene):
    client, prefix = scene.client, scene.name("m")
    names = [f"{prefix} {n}" for n in ["Alpha", "beta", "ALPHABET", "gamma_1"]]
    tags = [{"k": "one"}, {"k": "Two"}, {"k": "two", "x y": "1"}, {}]
    for name, tag in zip(names, tags, strict=True):
        model(scene, name, tags=tag)

    def find(text="", **more):
        mine = f"name LIKE '{prefix} %'"
        found = client.search_registered_models(f"{mine} AND {text}" if text else mine, **more)
        return [names.index(row.name) for row in found]

    cases = {
        "": [2, 0, 1, 3],
        f"name = '{names[1]}'": [1],
        f"name != '{names[1]}'": [2, 0, 3],
        f"name ILIKE '{prefix} alpha%'": [2, 0],
        "tags.k = 'one'": [0],
        "tag.k != 'one'": [2, 1],
        "tags.k LIKE 't%'": [2],
        "tags.k ILIKE 't%'": [2, 1],
        "tags.`x y` = '1'": [2],
        "tags.k ILIKE 't%' AND name LIKE '% b%'": [1],
    }
    for text, wanted in cases.items():
        same(find(text), wanted, text)
    same(find(order_by=["name DESC"]), [3, 1, 0, 2])
    same(find(order_by=["last_updated_timestamp DESC", "name"])[0], 3)
    client.update_registered_model(names[0], "changed")
    same(find(order_by=["last_updated_timestamp DESC"])[0], 0)
    text = f"name LIKE '{prefix} %'"
    found = pages(client.search_registered_models, filter_string=text, order_by=["name DESC"])
    same([names.index(row.name) for row in found], [3, 1, 0, 2])
    for wrong in ["name > 'a'", "what = 'a'", "tags.k > 'a'", "name = a"]:
        with refused("INVALID_PARAMETER_VALUE"):
            client.search_registered_models(wrong)
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_registered_models(order_by=["what"])


def check_search_of_versions(scene):
    client, prefix = scene.client, scene.name("m")
    one, two = model(scene, f"{prefix} one"), model(scene, f"{prefix} two")
    run = scene.run()
    for name, tag in [(one, "a"), (one, "b"), (two, "a")]:
        version_of(scene, name, tags={"t": tag})
    client.create_model_version(two, f"runs:/{run}/m", run)

    def find(text, **more):
        mine = f"name LIKE '{prefix}%'"
        found = client.search_model_versions(f"{mine} AND {text}" if text else mine, **more)
        return [(row.name[-3:], row.version) for row in found]

    cases = {
        "": [("two", "2"), ("two", "1"), ("one", "2"), ("one", "1")],
        f"name = '{one}'": [("one", "2"), ("one", "1")],
        f"run_id = '{run}'": [("two", "2")],
        f"run_id IN ('{run}', '{scene.run()}')": [("two", "2")],
        f"source_path = 'runs:/{run}/m'": [("two", "2")],
        "source_path LIKE '%/m'": [("two", "2")],
        "tags.t = 'a'": [("two", "1"), ("one", "1")],
        "version_number = 2": [("two", "2"), ("one", "2")],
        "version_number > 1 AND tags.t = 'b'": [("one", "2")],
    }
    for text, wanted in cases.items():
        same(find(text), wanted, text)
    order = ["version_number ASC", "name DESC"]
    same(find("", order_by=order), [("two", "1"), ("one", "1"), ("two", "2"), ("one", "2")])
    found = pages(client.search_model_versions, filter_string=f"name = '{one}'", max_results=1)
    same([row.version for row in found], ["2", "1"])
    same([row.version for row in client.search_model_versions(f"run_id = '{run}'")], ["2"])


def check_copies_of_versions(scene):
    name, copy = model(scene), scene.name("copy")
    version_of(scene, name, tags={"a": "1"})
    made = scene.client.copy_model_version(f"models:/{name}/1", copy)

    same((made.name, str(made.version), made.tags), (copy, "1", {"a": "1"}))
    same(made.source, f"models:/{name}/1")
    found = mlflow.search_registered_models(filter_string=f"name = '{copy}'")
    same([row.name for row in found], [copy])
