import projects
from expect import TASK_PLUGIN, is_a, ok, refused, same

CUSTOM, BUILTINS = "/taskPlugin/dioptra_custom", "/taskPlugin/dioptra_builtins"


def register(scene, name, file=None, collection="dioptra_custom", path="/taskPlugin/"):
    form = {"task_plugin_name": name, "collection": collection}
    file = file or ("greetings.tar.gz", projects.tarball(projects.GREETINGS))
    form = {field: value for field, value in form.items() if value is not None}
    return scene.post(path, data=form, files={"task_plugin_file": file})


def plugin_name(scene):
    return scene.name("greetings").replace("-", "_")


def check_is_registered_found_and_deleted(scene):
    archives = [
        ("plugin.tar.gz", projects.tarball(projects.GREETINGS), "/taskPlugin/"),
        ("plugin.zip", projects.zipped(projects.GREETINGS), "/taskPlugin"),
        ("plugin.tar.bz2", projects.tarball(projects.GREETINGS, "w:bz2"), "/taskPlugin/"),
        ("plugin.tar.xz", projects.tarball(projects.GREETINGS, "w:xz"), "/taskPlugin/"),
    ]
    for filename, content, path in archives:
        name = plugin_name(scene)
        made = is_a(TASK_PLUGIN, ok(register(scene, name, (filename, content), path=path)))
        wanted = {"taskPluginName": name, "collection": "dioptra_custom"}
        same(made, wanted | {"modules": ["__init__.py", "words.py"]})
        for slash in ("", "/"):
            same(ok(scene.get(f"{CUSTOM}/{name}{slash}")), made)
            assert made in ok(scene.get(f"{CUSTOM}{slash}"))
            assert made in ok(scene.get(f"/taskPlugin{slash}"))
        done = {"status": "Success", "collection": "dioptra_custom", "taskPluginName": [name]}
        same(ok(scene.delete(f"{CUSTOM}/{name}")), done)
        same(ok(scene.delete(f"{CUSTOM}/{name}/")), done | {"taskPluginName": []})
        missing = "Not Found - There is no such task plugin."
        refused(scene.get(f"{CUSTOM}/{name}"), 404, missing)


def check_comes_with_the_workers(scene):
    builtins = [is_a(TASK_PLUGIN, plugin) for plugin in ok(scene.get(BUILTINS))]
    assert builtins
    same(ok(scene.get(f"{BUILTINS}/")), builtins)
    for plugin in builtins:
        same(plugin["collection"], "dioptra_builtins")
        assert plugin in ok(scene.get("/taskPlugin/"))
        for slash in ("", "/"):
            same(ok(scene.get(f"{BUILTINS}/{plugin['taskPluginName']}{slash}")), plugin)
    missing = "Not Found - There is no such task plugin."
    refused(scene.get(f"{BUILTINS}/nothing"), 404, missing)


def check_is_refused(scene):
    name = plugin_name(scene)
    ok(register(scene, name))
    refused(register(scene, name), 400, "Bad Request - The task plugin exists already.")
    begins = "Bad Request - The task plugin was not registered."
    bad = [
        register(scene, None),
        register(scene, plugin_name(scene), collection=None),
        register(scene, plugin_name(scene), collection="dioptra_builtins"),
        register(scene, plugin_name(scene), ("plugin.txt", b"text")),
        register(scene, plugin_name(scene), ("plugin.tar.gz", b"no archive")),
        register(scene, plugin_name(scene), ("plugin.zip", projects.zipped({"a.txt": ""}))),
        scene.post("/taskPlugin/", data={"task_plugin_name": name, "collection": "dioptra_custom"}),
        scene.post("/taskPlugin/"),
    ]
    for answer in bad:
        refused(answer, 400, begins)
    ok(scene.delete(f"{CUSTOM}/{name}"))
