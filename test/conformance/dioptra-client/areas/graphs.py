"""What the versions of entrypoints tell of their graphs: engine documents, swaps, bundles."""

import tarfile
import zipfile

from dioptra.client.utils import FileTypes
from expect import MISSING, has, ids, refused
from scene import SOURCE


def version(scene, entrypoint):
    return entrypoint, scene.client.entrypoints.get_by_id(entrypoint)["snapshot"]


def plugin_name(scene, entrypoint):
    return scene.client.entrypoints.get_by_id(entrypoint)["plugins"][0]["name"]


def check_engine_document(scene):
    entrypoint = scene.entrypoint()
    config = scene.client.entrypoints.snapshots.get_config(*version(scene, entrypoint))

    has(config["parameters"], who={"type": "string", "default": "you"})
    assert config["graph"] == {"hello": {"greet": "$who"}, "tell": {"echo": "$hello.words"}}
    greet = config["tasks"]["greet"]
    has(greet, plugin=f"{plugin_name(scene, entrypoint)}.greetings.greet")
    assert greet["inputs"] == [{"name": "name", "type": "string", "required": True}]
    assert greet["outputs"] in ({"words": "string"}, [{"words": "string"}])


def check_sections_of_the_document(scene):
    snapshots = scene.client.entrypoints.snapshots
    entrypoint = version(scene, scene.entrypoint())

    parts = snapshots.get_config(*entrypoint, sections=["graph", "tasks"])
    assert set(parts) == {"graph", "tasks"}
    with refused(404):
        snapshots.get_config(entrypoint[0], MISSING)


def check_swaps_of_an_entrypoint(scene):
    snapshots = scene.client.entrypoints.snapshots
    entrypoint = version(scene, scene.entrypoint_with_swaps())

    swaps = sorted(snapshots.get_swaps(*entrypoint), key=lambda swap: swap["taskAlias"])
    assert [(swap["swapName"], swap["taskAlias"], swap["taskName"]) for swap in swaps] == [
        ("GREETING", "loud", "shout"),
        ("GREETING", "polite", "greet"),
    ]
    assert snapshots.get_swaps(*version(scene, scene.entrypoint())) == []


def check_document_with_swaps(scene):
    snapshots = scene.client.entrypoints.snapshots
    entrypoint = version(scene, scene.entrypoint_with_swaps())

    config = snapshots.get_config(*entrypoint, swap_parameters={"GREETING": "loud"})
    chosen = config["graph"]["hello"]["?GREETING"]
    assert "polite" not in chosen
    assert list(config["parameters"]) == ["whom"]
    with refused(400, "EntrypointSwapsRenderError"):
        snapshots.get_config(*entrypoint)
    partial = snapshots.get_config(*entrypoint, partial=True)
    assert {"polite", "loud"} <= set(partial["graph"]["hello"]["?GREETING"])


def check_parameters_that_a_choice_needs(scene):
    snapshots = scene.client.entrypoints.snapshots
    entrypoint = version(scene, scene.entrypoint_with_swaps())

    for alias, name in [("polite", "who"), ("loud", "whom")]:
        needed = snapshots.get_task_graph_global_params(*entrypoint, {"GREETING": alias})
        assert [param["name"] for param in needed["entrypointParams"]] == [name]
        assert len(needed["topologicalSort"]) == 2
        assert len(needed["activePlugins"]) == 1


def check_bundle_of_the_plugins(scene):
    snapshots = scene.client.entrypoints.snapshots
    made = scene.entrypoint()
    entrypoint, wanted = version(scene, made), f"{plugin_name(scene, made)}/greetings.py"

    def bundle(file_type):
        return snapshots.get_plugins_bundle(
            *entrypoint, file_type, scene.folder, scene.name("bundle")
        )

    with tarfile.open(bundle(FileTypes.TAR_GZ)) as archive:
        assert archive.extractfile(wanted).read().decode() == SOURCE
    with zipfile.ZipFile(bundle(FileTypes.ZIP)) as archive:
        assert archive.read(wanted).decode() == SOURCE


def check_artifact_plugins_of_a_version(scene):
    client = scene.client.entrypoints
    plugin, entrypoint = scene.artifact_plugin(), scene.entrypoint()
    before = version(scene, entrypoint)
    client.artifact_plugins.create(entrypoint, [plugin])
    after = version(scene, entrypoint)

    assert client.snapshots.get_artifact_plugins(*before) == []
    assert ids(client.snapshots.get_artifact_plugins(*after)) == [plugin]
    path = client.snapshots.get_artifact_plugins_bundle(
        *after, FileTypes.TAR_GZ, scene.folder, scene.name("bundle")
    )
    name = scene.client.plugins.get_by_id(plugin)["name"]
    with tarfile.open(path) as archive:
        assert archive.extractfile(f"{name}/store.py").read() == b"# stores"
