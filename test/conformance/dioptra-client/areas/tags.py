"""Tags and what carries them."""

from areas.shared import list_behaves
from expect import MISSING, has, is_time, refused, walk


def check_life_of_a_tag(scene):
    tags = scene.client.tags
    name = scene.name("tag")

    made = has(tags.create(scene.group, name), name=name)
    is_time(made["createdOn"])
    has(made["group"], id=scene.group)
    has(made["user"], username=scene.username)
    assert tags.get_by_id(made["id"]) == made
    renamed = has(tags.modify_by_id(made["id"], f"{name} b"), id=made["id"], name=f"{name} b")
    has(tags.delete_by_id(renamed["id"]), status="Success", id=[made["id"]])
    with refused(404, "EntityDoesNotExistError", entity_type="tag", tag_id=made["id"]):
        tags.get_by_id(made["id"])


def check_refusals(scene):
    tags = scene.client.tags
    taken = tags.create(scene.group, scene.name("tag"))

    with refused(409, "EntityExistsError", entity_type="tag", existing_id=taken["id"]):
        tags.create(scene.group, taken["name"])
    with refused(400, "ResourceNameError"):
        tags.create(scene.group, "a/b")
    with refused(404, "EntityDoesNotExistError"):
        tags.create(MISSING, scene.name("tag"))
    with refused(404, "EntityDoesNotExistError"):
        tags.modify_by_id(MISSING, scene.name("tag"))


def check_lists(scene):
    tags = scene.client.tags

    def get(group_id=None, **query):
        groups = {"group_id": group_id} if scene.differs("tags of a group") else {}
        return tags.get(**groups, **query)

    list_behaves(scene, get, lambda name: tags.create(scene.group, name))


def check_resources_of_a_tag(scene):
    tag, queue, model = scene.tag(), scene.queue(), scene.client.models.create(
        scene.group, scene.name("model")
    )["id"]
    scene.client.queues.tags.append(queue, ids=[tag])
    scene.client.models.tags.append(model, ids=[tag])
    find = scene.client.tags.get_resources_for_tag

    every = walk(lambda **query: find(tag, **query), page_length=1)
    assert sorted(every) == [f"/api/v1/ml_model/{model}", f"/api/v1/queue/{queue}"]
    assert find(tag, resource_type="queue")["data"] == [f"/api/v1/queue/{queue}"]
    assert find(tag, resource_type="no such type")["data"] == []
    found = scene.client.queues.get(search=f'tag:"{scene.client.tags.get_by_id(tag)["name"]}"')
    assert [row["id"] for row in found["data"]] == [queue]
