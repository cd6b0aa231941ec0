"""Queues."""

from areas.shared import (
    list_behaves,
    modify_drafts_behave,
    new_drafts_behave,
    snapshots_behave,
    tags_behave,
)
from expect import MISSING, has, ids, is_resource, refused


def check_life_of_a_queue(scene):
    queues = scene.client.queues
    name = scene.name("queue")

    made = queues.create(scene.group, name, "of a check")
    is_resource(made, name=name, description="of a check", hasDraft=False, tags=[])
    assert queues.get_by_id(made["id"]) == made
    changed = queues.modify_by_id(made["id"], f"{name}-b", "changed")
    is_resource(changed, id=made["id"], name=f"{name}-b", description="changed")
    assert changed["snapshot"] > made["snapshot"]
    snapshots_behave(queues.snapshots, (made["id"],), made, changed)

    has(queues.delete_by_id(made["id"]), status="Success")
    has(queues.get_by_id(made["id"]), deleted=True)
    has(queues.delete_by_id(made["id"]), status="Success")
    with refused(404, "EntityDoesNotExistError"):
        queues.modify_by_id(made["id"], name, None)
    search = f'name:"{name}*"'
    assert queues.get(search=search)["data"] == []
    assert ids(queues.get(search=search, show_deleted=True)["data"]) == [made["id"]]
    # The name is free again.
    queues.create(scene.group, f"{name}-b")


def check_refusals(scene):
    queues = scene.client.queues
    taken = queues.create(scene.group, scene.name("queue"))

    attributes = {"name": taken["name"], "group_id": scene.group}
    with refused(409, "EntityExistsError", entity_type="queue", entity_attributes=attributes):
        queues.create(scene.group, taken["name"])
    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        queues.modify_by_id(scene.queue(), taken["name"], None)
    with refused(400, "ResourceNameError"):
        queues.create(scene.group, "a/b")
    with refused(404, "EntityDoesNotExistError", entity_type="group"):
        queues.create(MISSING, scene.name("queue"))
    with refused(404, "EntityDoesNotExistError", entity_type="queue"):
        queues.get_by_id(MISSING)


def check_lists(scene):
    queues = scene.client.queues
    list_behaves(scene, queues.get, lambda name: queues.create(scene.group, name))


def check_tags(scene):
    tags_behave(scene, scene.client.queues.tags, scene.queue())


def check_drafts_of_new_queues(scene):
    queues = scene.client.queues
    changed = {"name": scene.name("drafted"), "description": "as changed"}
    new_drafts_behave(
        scene,
        queues.new_resource_drafts,
        (),
        fields=lambda: {"name": scene.name("draft"), "description": "draft"},
        changed=changed,
        committed=lambda queue: is_resource(queues.get_by_id(queue), **changed),
    )


def check_drafts_of_changes(scene):
    queues = scene.client.queues
    queue = scene.queue()
    changed = {"name": scene.name("drafted"), "description": "as changed"}
    after = modify_drafts_behave(
        scene,
        queues.modify_resource_drafts,
        (queue,),
        get=lambda: queues.get_by_id(queue),
        fields={"name": scene.name("draft"), "description": "draft"},
        changed=changed,
    )
    is_resource(after, **changed)


def check_draft_of_what_changed_meanwhile(scene):
    queues = scene.client.queues
    queue = scene.queue()
    base = queues.get_by_id(queue)
    draft = queues.modify_resource_drafts.create(queue, name=scene.name("a"), description="a")
    newer = queues.modify_by_id(queue, scene.name("b"), "b")

    numbers = {"base_snapshot_id": base["snapshot"], "curr_snapshot_id": newer["snapshot"]}
    with refused(400, "DraftResourceModificationsCommitError", **numbers):
        scene.client.workflows.commit_draft(draft["id"])
    queues.modify_resource_drafts.modify(
        queue, resource_snapshot_id=newer["snapshot"], name=scene.name("c"), description="c"
    )
    scene.client.workflows.commit_draft(draft["id"])
    has(queues.get_by_id(queue), description="c")
