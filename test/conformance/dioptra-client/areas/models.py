"""Models and their versions."""

from areas.shared import (
    list_behaves,
    modify_drafts_behave,
    new_drafts_behave,
    snapshots_behave,
    tags_behave,
)
from expect import MISSING, has, is_resource, is_time, refused, walk


def new_model(scene):
    return scene.client.models.create(scene.group, scene.name("model"))["id"]


def check_life_of_a_model(scene):
    models = scene.client.models
    name = scene.name("model")

    made = models.create(scene.group, name, "of a check")
    is_resource(made, name=name, description="of a check", versions=[], latestVersion=None)
    assert models.get_by_id(made["id"]) == made
    changed = models.modify_by_id(made["id"], f"{name} (b)", "changed")
    is_resource(changed, id=made["id"], name=f"{name} (b)", description="changed")
    snapshots_behave(models.snapshots, (made["id"],), made, changed)

    has(models.delete_by_id(made["id"]), status="Success")
    for call in [
        lambda: models.get_by_id(made["id"]),
        lambda: models.modify_by_id(made["id"], name, None),
        lambda: models.delete_by_id(made["id"]),
    ]:
        with refused(404, "EntityDoesNotExistError"):
            call()
    assert models.get(search=f'name:"{name}*"')["data"] == []


def check_versions(scene):
    models = scene.client.models
    model = new_model(scene)
    first, second = [scene.artifact({"a.txt": "a"}, "a.txt")["id"] for _ in range(2)]

    one = models.versions.create(model, first, "the first")
    has(one, description="the first", versionNumber=1)
    has(one["artifact"], id=first)
    has(one["model"], id=model)
    is_time(one["createdOn"])
    has(models.versions.create(model, second), versionNumber=2)
    assert models.versions.get_by_id(model, 1) == one
    holder = models.get_by_id(model)
    numbers = sorted(version["versionNumber"] for version in holder["versions"])
    assert numbers == [1, 2], holder["versions"]
    has(holder["latestVersion"], versionNumber=2)
    has(models.versions.modify_by_id(model, 1, "changed"), versionNumber=1, description="changed")
    rows = walk(lambda **query: models.versions.get(model, **query), page_length=1)
    assert [row["versionNumber"] for row in rows] == [1, 2]
    found = models.versions.get(model, search='description:"chang*"')["data"]
    assert [row["versionNumber"] for row in found] == [1]
    with refused(404, "EntityDoesNotExistError"):
        models.versions.get_by_id(model, 3)
    with refused(404, "EntityDoesNotExistError"):
        models.versions.create(model, MISSING)
    with refused(404, "EntityDoesNotExistError"):
        models.versions.create(MISSING, first)


def check_refusals(scene):
    models = scene.client.models
    taken = models.create(scene.group, scene.name("model"))

    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        models.create(scene.group, taken["name"])
    with refused(404, "EntityDoesNotExistError"):
        models.create(MISSING, scene.name("model"))
    with refused(404, "EntityDoesNotExistError"):
        models.get_by_id(MISSING)


def check_lists(scene):
    models = scene.client.models
    list_behaves(scene, models.get, lambda name: models.create(scene.group, name))


def check_tags(scene):
    tags_behave(scene, scene.client.models.tags, new_model(scene))


def check_drafts(scene):
    models = scene.client.models

    def fields():
        return {"name": scene.name("draft"), "description": "draft"}

    changed = fields()
    new_drafts_behave(
        scene,
        models.new_resource_drafts,
        (),
        fields,
        changed,
        committed=lambda made: is_resource(models.get_by_id(made), **changed),
    )
    model, changed = new_model(scene), fields()
    after = modify_drafts_behave(
        scene,
        models.modify_resource_drafts,
        (model,),
        lambda: models.get_by_id(model),
        fields(),
        changed,
    )
    is_resource(after, **changed)
