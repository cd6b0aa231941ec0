"""Files of plugins, with their tasks."""

from areas.shared import (
    list_behaves,
    modify_drafts_behave,
    new_drafts_behave,
    snapshots_behave,
    tags_behave,
)
from expect import MISSING, has, ids, is_resource, refused
from scene import SOURCE


def shape(task):
    """A task of an answer as it was sent."""
    sent = {"name": task["name"]}
    for part in {"inputParams", "outputParams"} & set(task):
        sent[part] = [{**param, "parameterType": param["parameterType"]["id"]} for param in task[part]]
    return sent


def with_required(task):
    """What inputs are where nothing else is said."""
    return {**task, "inputParams": [{**param, "required": True} for param in task["inputParams"]]}


def by_name(task):
    return task["name"]


def check_life_of_a_file(scene):
    files, plugins = scene.client.plugins.files, scene.client.plugins
    plugin = plugins.get_by_id(scene.plugin())
    text = scene.builtin("string")
    artifacts = [{"name": "TextFile", "outputParams": [{"name": "text", "parameterType": text}]}]

    made = files.create(
        plugin["id"], "greetings.py", SOURCE, scene.function_tasks(), artifacts, "of a check"
    )
    is_resource(made, filename="greetings.py", contents=SOURCE, description="of a check")
    has(made["plugin"], id=plugin["id"], name=plugin["name"])
    functions = sorted((shape(task) for task in made["tasks"]["functions"]), key=by_name)
    assert functions == sorted(map(with_required, scene.function_tasks()), key=by_name)
    assert [shape(task) for task in made["tasks"]["artifacts"]] == artifacts
    assert files.get_by_id(plugin["id"], made["id"]) == made
    holder = plugins.get_by_id(plugin["id"])
    assert [file["filename"] for file in holder["files"]] == ["greetings.py"]
    assert holder["snapshot"] > plugin["snapshot"]

    changed = files.modify_by_id(plugin["id"], made["id"], "words.py", "# none", description="b")
    is_resource(changed, id=made["id"], filename="words.py", contents="# none", description="b")
    assert changed["tasks"] == {"functions": [], "artifacts": []}
    assert plugins.get_by_id(plugin["id"])["snapshot"] > holder["snapshot"]
    snapshots_behave(files.snapshots, (plugin["id"], made["id"]), made, changed)

    has(files.delete_by_id(plugin["id"], made["id"]), status="Success", id=[made["id"]])
    with refused(404, "EntityDoesNotExistError"):
        files.get_by_id(plugin["id"], made["id"])
    assert plugins.get_by_id(plugin["id"])["files"] == []


def check_removal_of_all(scene):
    files, plugin = scene.client.plugins.files, scene.plugin()
    made = [files.create(plugin, name, "# none")["id"] for name in ["a.py", "b.py", "c/d.py"]]

    removed = has(files.delete_all(plugin), status="Success")
    assert sorted(removed["id"]) == sorted(made)
    assert files.get(plugin)["data"] == []


def check_refusals(scene):
    files, plugin = scene.client.plugins.files, scene.plugin()
    taken = files.create(plugin, "taken.py", "# none")

    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        files.create(plugin, "taken.py", "# none")
    for name in ["../a.py", "a.txt", "/a.py", "a b.py"]:
        with refused(400):
            files.create(plugin, name, "# none")
    with refused(404, "EntityDoesNotExistError"):
        unknown = [{"name": "a", "parameterType": MISSING}]
        tasks = [{"name": "f", "inputParams": unknown, "outputParams": []}]
        files.create(plugin, "unknown.py", "# none", tasks)
    twice = [{"name": "f", "inputParams": [], "outputParams": []}] * 2
    with refused(400):
        files.create(plugin, "twice.py", "# none", twice)
    with refused(404, "EntityDoesNotExistError"):
        files.get_by_id(scene.plugin(), taken["id"])
    with refused(404, "EntityDoesNotExistError"):
        files.create(MISSING, "a.py", "# none")


def check_lists(scene):
    files, plugin = scene.client.plugins.files, scene.plugin()

    def get(group_id=None, search=None, **query):
        # The names of the three, as files have them.
        pattern = search if search is None or "*" in search else search.replace('c"', 'c.py"')
        return files.get(plugin, search=pattern, **query)

    def make(name):
        return files.create(plugin, f"{name}.py", "# none")

    made = list_behaves(scene, get, make, name_field="filename")
    assert sorted(ids(get()["data"])) == sorted(made)


def check_tags(scene):
    plugin = scene.plugin()
    file = scene.client.plugins.files.create(plugin, "a.py", "# none")["id"]
    tags_behave(scene, scene.client.plugins.files.tags, plugin, file)


def check_drafts(scene):
    files, plugin = scene.client.plugins.files, scene.plugin()

    def fields():
        name = f"{scene.name('draft')}.py"
        tasks = {"functions": scene.function_tasks(), "artifacts": []}
        return {"filename": name, "contents": SOURCE, "description": "draft", "tasks": tasks}

    none = {"functions": [], "artifacts": []}
    changed = fields() | {"contents": "# changed", "tasks": none}
    new_drafts_behave(
        scene,
        files.new_resource_drafts,
        (plugin,),
        fields,
        changed,
        committed=lambda made: is_resource(files.get_by_id(plugin, made), **changed),
    )
    file = files.create(plugin, "a.py", "# none")["id"]
    after = modify_drafts_behave(
        scene,
        files.modify_resource_drafts,
        (plugin, file),
        lambda: files.get_by_id(plugin, file),
        fields() | {"tasks": none},
        changed | {"filename": f"{scene.name('draft')}.py"},
    )
    is_resource(after, contents="# changed", tasks=none)
