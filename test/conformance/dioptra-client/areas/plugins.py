"""Plugins."""

import tarfile
import zipfile

from areas.shared import (
    list_behaves,
    modify_drafts_behave,
    new_drafts_behave,
    snapshots_behave,
    tags_behave,
)
from dioptra.client.utils import FileTypes
from expect import MISSING, has, is_resource, refused
from scene import SOURCE


def check_life_of_a_plugin(scene):
    plugins = scene.client.plugins
    name = scene.name("plugin")

    made = plugins.create(scene.group, name, "of a check")
    is_resource(made, name=name, description="of a check", files=[], tags=[])
    assert plugins.get_by_id(made["id"]) == made
    changed = plugins.modify_by_id(made["id"], f"{name}_b", "changed")
    is_resource(changed, id=made["id"], name=f"{name}_b", description="changed")
    snapshots_behave(plugins.snapshots, (made["id"],), made, changed)

    has(plugins.delete_by_id(made["id"]), status="Success")
    for call in [
        lambda: plugins.get_by_id(made["id"]),
        lambda: plugins.modify_by_id(made["id"], name, None),
        lambda: plugins.delete_by_id(made["id"]),
    ]:
        with refused(404, "EntityDoesNotExistError", entity_type="plugin"):
            call()
    assert plugins.get(search=f'name:"{name}*"')["data"] == []
    old = plugins.snapshots.get_by_id(made["id"], snapshot_id=made["snapshot"])
    has(old, name=name)


def check_refusals(scene):
    plugins = scene.client.plugins
    taken = plugins.create(scene.group, scene.name("plugin"))

    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        plugins.create(scene.group, taken["name"])
    for name in ["a b", "1a", "_", "a-b"]:
        with refused(400, "ResourceNameError"):
            plugins.create(scene.group, name)
    with refused(404, "EntityDoesNotExistError"):
        plugins.get_by_id(MISSING)


def check_lists(scene):
    plugins = scene.client.plugins
    list_behaves(scene, plugins.get, lambda name: plugins.create(scene.group, name))


def check_tags(scene):
    tags_behave(scene, scene.client.plugins.tags, scene.plugin())


def check_drafts(scene):
    plugins = scene.client.plugins

    def fields():
        return {"name": scene.name("draft"), "description": "draft"}

    changed = fields()
    new_drafts_behave(
        scene,
        plugins.new_resource_drafts,
        (),
        fields,
        changed,
        committed=lambda made: is_resource(plugins.get_by_id(made), **changed),
    )
    plugin, changed = scene.plugin(), fields()
    after = modify_drafts_behave(
        scene,
        plugins.modify_resource_drafts,
        (plugin,),
        lambda: plugins.get_by_id(plugin),
        fields(),
        changed,
    )
    is_resource(after, **changed)


def check_bundle_of_the_files(scene):
    plugins = scene.client.plugins
    plugin = plugins.get_by_id(scene.plugin_with_tasks())
    wanted = f"{plugin['name']}/greetings.py"

    def bundle(file_type):
        return plugins.snapshots.get_files_bundle(
            plugin["id"], plugin["snapshot"], file_type, scene.folder, scene.name("bundle")
        )

    with tarfile.open(bundle(FileTypes.TAR_GZ)) as archive:
        assert archive.extractfile(wanted).read().decode() == SOURCE
    with zipfile.ZipFile(bundle(FileTypes.ZIP)) as archive:
        assert archive.read(wanted).decode() == SOURCE
        assert "manifest.json" in archive.namelist()
    with refused(404):
        plugins.snapshots.get_files_bundle(plugin["id"], MISSING, output_dir=scene.folder)
