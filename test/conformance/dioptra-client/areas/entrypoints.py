"""Entrypoints, and what they are bound to."""

from areas.shared import list_behaves, modify_drafts_behave, new_drafts_behave, tags_behave
from expect import MISSING, has, ids, is_resource, refused, walk
from scene import GRAPH

PARAMETERS = [{"name": "who", "parameterType": "string", "defaultValue": "you"}]


def change(scene, made, **more):
    """Changes an entrypoint, everything that is not named as it is."""
    fields = {
        "name": made["name"],
        "task_graph": made["taskGraph"],
        "artifact_graph": made["artifactGraph"],
        "description": made["description"],
        "parameters": made["parameters"],
        "artifact_parameters": None,
        "queues": ids(made["queues"]),
        "plugin_snapshot_ids": [plugin["snapshotId"] for plugin in made["plugins"]],
        "artifact_plugin_snapshot_ids": [
            plugin["snapshotId"] for plugin in made["artifactPlugins"]
        ],
    }
    return scene.client.entrypoints.modify_by_id(made["id"], **(fields | more))


def check_life_of_an_entrypoint(scene):
    entrypoints = scene.client.entrypoints
    name, plugin, queue = scene.name("entrypoint"), scene.plugin_with_tasks(), scene.queue()
    artifact_plugin, text = scene.artifact_plugin(), scene.builtin("string")
    given = [{"name": "given", "outputParams": [{"name": "contents", "parameterType": text}]}]

    made = entrypoints.create(
        scene.group,
        name,
        GRAPH,
        artifact_graph="saved:\n  contents: $hello.words\n  task:\n    name: TextFile\n",
        description="of a check",
        parameters=PARAMETERS,
        artifact_parameters=given,
        queues=[queue],
        plugins=[plugin],
        artifact_plugins=[artifact_plugin],
    )
    is_resource(made, name=name, description="of a check", taskGraph=GRAPH, parameters=PARAMETERS)
    has(made["artifactParameters"][0], name="given")
    has(made["artifactParameters"][0]["outputParams"][0], name="contents")
    assert made["artifactParameters"][0]["outputParams"][0]["parameterType"]["id"] == text
    assert [ids(made[field]) for field in ("plugins", "artifactPlugins", "queues")] == [
        [plugin],
        [artifact_plugin],
        [queue],
    ]
    assert entrypoints.get_by_id(made["id"]) == made

    changed = change(scene, made, name=f"{name}b", artifact_graph="", description="changed")
    is_resource(changed, name=f"{name}b", description="changed", artifactGraph="")
    assert changed["artifactParameters"] == []
    rows = walk(lambda **query: entrypoints.snapshots.get(made["id"], **query), page_length=1)
    assert [row["name"] for row in rows] == [name, f"{name}b"]
    old = entrypoints.snapshots.get_by_id(made["id"], snapshot_id=made["snapshot"])
    has(old, name=name, artifactGraph=made["artifactGraph"], latestSnapshot=False)

    has(entrypoints.delete_by_id(made["id"]), status="Success", id=[made["id"]])
    has(entrypoints.get_by_id(made["id"]), deleted=True)
    with refused(423, "EntityDeletedError"):
        change(scene, changed)
    search = f'name:"{name}*"'
    assert entrypoints.get(search=search)["data"] == []
    assert ids(entrypoints.get(search=search, show_deleted=True)["data"]) == [made["id"]]


def check_validates_without_saving(scene):
    entrypoints = scene.client.entrypoints
    name, plugin = scene.name("entrypoint"), scene.plugin_with_tasks()

    def create(graph, only):
        return entrypoints.create(
            scene.group, name, graph, parameters=PARAMETERS, plugins=[plugin], validate_only=only
        )

    valid = has(create(GRAPH, True), name=name)
    assert "id" not in valid and "snapshot" not in valid
    with refused(400, "EntrypointValidationError"):
        create("hello:\n  nothing: $who\n", True)
    assert entrypoints.get(search=f'name:"{name}"')["data"] == []
    made = create(GRAPH, False)
    checked = change(scene, made, description="never saved", validate_only=True)
    has(checked, id=made["id"], description="never saved")
    assert entrypoints.get_by_id(made["id"]) == made


def check_lint(scene):
    entrypoints = scene.client.entrypoints
    name, plugin = scene.name("entrypoint"), scene.plugin_with_tasks()
    content = {"name": name, "taskGraph": GRAPH, "parameters": PARAMETERS}
    new = content | {"group": scene.group, "plugins": [plugin]}

    assert entrypoints.lint(new) == {"valid": True, "issues": []}
    wrong = entrypoints.lint(new | {"taskGraph": "hello:\n  nothing: $who\n"})
    has(wrong, valid=False)
    assert wrong["issues"] and {issue["path"] for issue in wrong["issues"]} <= {"graph", "entrypoint"}
    assert entrypoints.get(search=f'name:"{name}"')["data"] == []

    made = entrypoints.get_by_id(scene.entrypoint(plugins=[plugin]))
    # Checked against the plugins that it is bound to.
    assert entrypoints.lint_by_id(made["id"], content) == {"valid": True, "issues": []}
    wrong = content | {"taskGraph": "hello:\n  nothing: $who\n"}
    has(entrypoints.lint_by_id(made["id"], wrong), valid=False)
    assert entrypoints.get_by_id(made["id"]) == made


def check_refusals(scene):
    entrypoints = scene.client.entrypoints
    plugin = scene.plugin_with_tasks()
    taken = entrypoints.get_by_id(scene.entrypoint(plugins=[plugin]))

    def create(name=None, graph=GRAPH, parameters=PARAMETERS, plugins=(plugin,), **more):
        name = name or scene.name("entrypoint")
        lists = {"parameters": parameters, "plugins": list(plugins)}
        return entrypoints.create(scene.group, name, graph, **lists, **more)

    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        create(taken["name"])
    with refused(400, "InvalidYamlError"):
        create(graph="a: [")
    with refused(400, "EmptyGraphError"):
        create(graph="")
    with refused(400, "EntrypointValidationError"):
        create(graph=GRAPH + "more:\n  echo: $nobody.words\n")
    with refused(400, "EntrypointParameterTypeMismatchError"):
        create(parameters=[{"name": "who", "parameterType": "integer", "defaultValue": "x"}])
    with refused(404, "EntityDoesNotExistError"):
        create(plugins=[MISSING])
    with refused(404, "EntityDoesNotExistError"):
        create(queues=[MISSING])
    with refused(404, "EntityDoesNotExistError"):
        entrypoints.get_by_id(MISSING)


def check_plugins_of_an_entrypoint(scene):
    bound = scene.client.entrypoints.plugins
    own = scene.plugin_with_tasks()
    entrypoint = scene.entrypoint(plugins=[own])
    spare = scene.client.plugins.get_by_id(scene.plugin())

    assert ids(bound.get(entrypoint)) == [own]
    after = bound.create(entrypoint, [spare["id"]])
    assert sorted(ids(after)) == sorted([own, spare["id"]])
    one = bound.get_by_id(entrypoint, spare["id"])
    has(one, id=spare["id"], name=spare["name"], snapshotId=spare["snapshot"], files=[])
    scene.client.plugins.files.create(spare["id"], "a.py", "# none")
    # It is bound as it was.
    has(bound.get_by_id(entrypoint, spare["id"]), files=[], latestSnapshot=False)
    has(bound.create(entrypoint, [spare["id"]])[-1], latestSnapshot=True)
    has(bound.delete_by_id(entrypoint, spare["id"]), status="Success", id=[spare["id"]])
    with refused(404):
        bound.get_by_id(entrypoint, spare["id"])


def check_artifact_plugins_of_an_entrypoint(scene):
    bound = scene.client.entrypoints.artifact_plugins
    entrypoint, plugin = scene.entrypoint(), scene.artifact_plugin()

    assert bound.get(entrypoint) == []
    assert ids(bound.create(entrypoint, [plugin])) == [plugin]
    one = bound.get_by_id(entrypoint, plugin)
    assert [file["filename"] for file in one["files"]] == ["store.py"]
    assert [task["name"] for task in one["files"][0]["tasks"]["artifacts"]] == ["TextFile"]
    has(bound.delete_by_id(entrypoint, plugin), status="Success", id=[plugin])
    assert bound.get(entrypoint) == []


def check_queues_of_an_entrypoint(scene):
    bound = scene.client.entrypoints.queues
    entrypoint, first, second, third = scene.entrypoint(), *(scene.queue() for _ in range(3))

    assert bound.get(entrypoint) == []
    assert ids(bound.create(entrypoint, [first])) == [first]
    assert sorted(ids(bound.create(entrypoint, [second]))) == [first, second]
    assert ids(bound.modify_by_id(entrypoint, [third])) == [third]
    has(bound.delete_by_id(entrypoint, third), status="Success", id=[third])
    bound.create(entrypoint, [first, second])
    assert sorted(has(bound.delete(entrypoint), status="Success")["id"]) == [first, second]
    assert bound.get(entrypoint) == []
    with refused(404, "EntityDoesNotExistError"):
        bound.create(entrypoint, [MISSING])


def check_lists(scene):
    plugin = scene.plugin_with_tasks()

    def make(name):
        return scene.client.entrypoints.create(
            scene.group, name, GRAPH, parameters=PARAMETERS, plugins=[plugin]
        )

    list_behaves(scene, scene.client.entrypoints.get, make)


def check_tags(scene):
    tags_behave(scene, scene.client.entrypoints.tags, scene.entrypoint())


def check_drafts(scene):
    entrypoints = scene.client.entrypoints
    plugin, queue = scene.plugin_with_tasks(), scene.queue()

    def fields(**more):
        return {
            "name": scene.name("draft"),
            "description": "draft",
            "task_graph": GRAPH,
            "artifact_graph": "",
            "parameters": PARAMETERS,
            "artifact_parameters": [],
            "queues": [queue],
            **more,
        }

    lists = {"plugins": [plugin], "artifact_plugins": []}
    changed = fields(description="as changed", **lists)
    new_drafts_behave(
        scene,
        entrypoints.new_resource_drafts,
        (),
        lambda: fields(**lists),
        changed,
        committed=lambda made: is_resource(
            entrypoints.get_by_id(made), name=changed["name"], taskGraph=GRAPH
        ),
    )
    entrypoint, changed = scene.entrypoint(plugins=[plugin]), fields(description="as changed")
    after = modify_drafts_behave(
        scene,
        entrypoints.modify_resource_drafts,
        (entrypoint,),
        lambda: entrypoints.get_by_id(entrypoint),
        fields(),
        changed,
    )
    has(after, name=changed["name"], description="as changed")
    assert ids(after["queues"]) == [queue]
