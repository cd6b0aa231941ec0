"""Plugin parameter types."""

from areas.shared import (
    list_behaves,
    modify_drafts_behave,
    new_drafts_behave,
    snapshots_behave,
    tags_behave,
)
from expect import MISSING, has, ids, is_resource, refused

STRUCTURE = {"mapping": {"rows": "integer", "name": "string"}}


def new_type(scene):
    return scene.client.plugin_parameter_types.create(scene.group, scene.name("type"))["id"]


def check_life_of_a_type(scene):
    types = scene.client.plugin_parameter_types
    name = scene.name("type")

    made = types.create(scene.group, name, "of a check", STRUCTURE)
    is_resource(made, name=name, description="of a check", structure=STRUCTURE, tags=[])
    assert types.get_by_id(made["id"]) == made
    changed = types.modify_by_id(made["id"], f"{name}b", "changed", {"list": "string"})
    is_resource(changed, name=f"{name}b", description="changed", structure={"list": "string"})
    snapshots_behave(types.snapshots, (made["id"],), made, changed)
    plain = types.modify_by_id(made["id"], name, None, None)
    has(plain, structure=None)

    has(types.delete_by_id(made["id"]), status="Success", id=[made["id"]])
    has(types.get_by_id(made["id"]), deleted=True)
    with refused(423, "EntityDeletedError"):
        types.modify_by_id(made["id"], name, None, None)
    search = f'name:"{name}*"'
    assert types.get(search=search)["data"] == []
    assert ids(types.get(search=search, show_deleted=True)["data"]) == [made["id"]]


def check_types_that_every_group_has(scene):
    types = scene.client.plugin_parameter_types
    builtin = types.get_by_id(scene.builtin("integer"))

    is_resource(builtin, name="integer", structure=None)
    status, error = scene.differs("change of a built-in type")
    with refused(status, error):
        types.modify_by_id(builtin["id"], scene.name("type"), None, None)
    with refused(status, error):
        types.delete_by_id(builtin["id"])
    with refused(400, "PluginParameterTypeMatchesBuiltinTypeError"):
        types.create(scene.group, "Integer")


def check_refusals(scene):
    types = scene.client.plugin_parameter_types
    taken = types.create(scene.group, scene.name("type"))

    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        types.create(scene.group, taken["name"])
    with refused(400, "ResourceNameError"):
        types.create(scene.group, "a/b")
    with refused(404, "EntityDoesNotExistError", entity_type="plugin_task_parameter_type"):
        types.get_by_id(MISSING)


def check_lists(scene):
    types = scene.client.plugin_parameter_types
    list_behaves(scene, types.get, lambda name: types.create(scene.group, name))


def check_tags(scene):
    tags_behave(scene, scene.client.plugin_parameter_types.tags, new_type(scene))


def check_drafts(scene):
    types = scene.client.plugin_parameter_types

    def fields():
        return {"name": scene.name("draft"), "description": "draft", "structure": None}

    changed = fields() | {"structure": STRUCTURE}
    new_drafts_behave(
        scene,
        types.new_resource_drafts,
        (),
        fields,
        changed,
        committed=lambda made: is_resource(types.get_by_id(made), **changed),
    )
    made, changed = new_type(scene), fields() | {"structure": STRUCTURE}
    after = modify_drafts_behave(
        scene,
        types.modify_resource_drafts,
        (made,),
        lambda: types.get_by_id(made),
        fields(),
        changed,
    )
    is_resource(after, **changed)
