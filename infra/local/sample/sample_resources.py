"""Signs in and registers what the sample needs; a second run finds and re-uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dioptra.client import DioptraClient
from dioptra.client.base import StatusCodeError

import sample_definitions as definitions
from sample_events import Events, SampleError

Client = DioptraClient[dict[str, Any]]


@dataclass(frozen=True)
class Sample:
    experiment_id: int
    entrypoint_id: int
    queue_id: int


def sign_in(
    client: Client, username: str, password: str, may_register: bool, events: Events
) -> int:
    """Logs in, registering the user first if allowed, and returns the group to work in."""
    try:
        client.auth.login(username=username, password=password)
        events.say("sign-in", f"signed in as {username}")
    except StatusCodeError as error:
        if error.args[0] != 401:
            raise
        if not may_register:
            raise SampleError(f"cannot sign in as {username}: unknown user or wrong password")
        _register(client, username, password)
        events.say("sign-in", f"registered {username} and signed in")
    groups = client.users.get_current()["groups"]
    if not groups:
        raise SampleError(f"the user {username} belongs to no group")
    return next((g["id"] for g in groups if g["name"] == "public"), groups[0]["id"])


def _register(client: Client, username: str, password: str) -> None:
    try:
        client.users.create(
            username=username, email=f"{username}@example.org", password=password
        )
    except StatusCodeError as error:
        raise SampleError(
            f"cannot sign in as {username}: wrong password, or the server takes no new users "
            f"(it answered {error.args[0]})"
        ) from error
    client.auth.login(username=username, password=password)


def register(client: Client, group: int, events: Events) -> Sample:
    """Makes sure that everything the two jobs refer to exists and is up to date."""
    types = _types(client, group, events)
    functions = [
        {
            "name": name,
            "inputParams": [{**p, "required": True} for p in _params(inputs, types)],
            "outputParams": _params(outputs, types),
        }
        for name, inputs, outputs in definitions.FUNCTION_TASKS
    ]
    artifacts = [
        {"name": name, "outputParams": _params(outputs, types)}
        for name, outputs in definitions.ARTIFACT_TASKS
    ]
    plugin = _plugin(client, group, events, "digits", "tasks.py", functions, None)
    savers = _plugin(client, group, events, "digits_artifacts", "artifacts.py", None, artifacts)
    queue = _named(client.queues, group, events, "queue", definitions.QUEUE)
    entrypoint = _entrypoint(client, group, events, plugin, savers, queue)
    experiment = _named(
        client.experiments, group, events, "experiment", definitions.EXPERIMENT,
        entrypoints=[entrypoint],
    )
    known = client.experiments.get_by_id(experiment)["entrypoints"]
    if entrypoint not in [reference["id"] for reference in known]:
        client.experiments.entrypoints.create(experiment, [entrypoint])
    return Sample(experiment, entrypoint, queue)


def find(collection: Any, group: int, name: str) -> dict[str, Any] | None:
    """The resource of exactly this name in the group."""
    page = collection.get(group_id=group, search=f"name:'{name}'", page_length=100)
    return next((row for row in page["data"] if row["name"] == name), None)


def _named(
    collection: Any, group: int, events: Events, kind: str, name: str, **fields: Any
) -> int:
    found = find(collection, group, name)
    made = found or collection.create(group_id=group, name=name, **fields)
    _tell(events, kind, made, "found" if found else "created")
    return made["id"]


def _tell(events: Events, kind: str, resource: dict[str, Any], what: str) -> None:
    events.say("register", f"{kind} {resource['name']}: {what} (id {resource['id']})")


def _types(client: Client, group: int, events: Events) -> dict[str, int]:
    ids = {}
    for builtin in ("number", "integer"):
        found = find(client.plugin_parameter_types, group, builtin)
        if found is None:
            raise SampleError(f"the server has no built-in type {builtin}")
        ids[builtin] = found["id"]
    for name, structure, description in definitions.TYPES:
        fields: dict[str, Any] = {"description": description}
        if structure is not None:
            fields["structure"] = structure
        ids[name] = _named(client.plugin_parameter_types, group, events, "type", name, **fields)
    return ids


def _params(params: definitions.Params, types: dict[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "parameterType": types[type_name]} for name, type_name in params]


def _plugin(
    client: Client, group: int, events: Events, name: str, filename: str,
    functions: list[dict[str, Any]] | None, artifacts: list[dict[str, Any]] | None,
) -> int:
    plugin = _named(client.plugins, group, events, "plugin", name)
    contents = (definitions.PLUGINS / name / filename).read_text("utf-8")
    fields = {
        "filename": filename,
        "contents": contents,
        "function_tasks": functions or [],
        "artifact_tasks": artifacts or [],
    }
    files = client.plugins.files.get(plugin, page_length=100)["data"]
    file = next((file for file in files if file["filename"] == filename), None)
    if file is None:
        client.plugins.files.create(plugin, **fields)
        events.say("register", f"file {name}/{filename}: created")
    elif file["contents"] != contents:
        client.plugins.files.modify_by_id(plugin, file["id"], **fields)
        events.say("register", f"file {name}/{filename}: updated")
    return plugin


def _entrypoint(
    client: Client, group: int, events: Events, plugin: int, savers: int, queue: int
) -> int:
    fields: dict[str, Any] = {
        "name": definitions.ENTRYPOINT,
        "task_graph": definitions.TASK_GRAPH,
        "artifact_graph": definitions.ARTIFACT_GRAPH,
        "parameters": definitions.PARAMETERS,
        "queues": [queue],
    }
    found = find(client.entrypoints, group, definitions.ENTRYPOINT)
    if found is None:
        found = client.entrypoints.create(
            group_id=group, plugins=[plugin], artifact_plugins=[savers], **fields
        )
        _tell(events, "entry point", found, "created")
    elif _outdated(found, plugin, savers):
        # An entry point keeps the plugin snapshots that it was saved with.
        client.entrypoints.modify_by_id(
            found["id"],
            description=found["description"],
            artifact_parameters=[],
            plugin_snapshot_ids=[client.plugins.get_by_id(plugin)["snapshot"]],
            artifact_plugin_snapshot_ids=[client.plugins.get_by_id(savers)["snapshot"]],
            **fields,
        )
        _tell(events, "entry point", found, "updated")
    else:
        _tell(events, "entry point", found, "found")
    return found["id"]


def _outdated(entrypoint: dict[str, Any], plugin: int, savers: int) -> bool:
    bound = [*entrypoint["plugins"], *entrypoint["artifactPlugins"]]
    return (
        [row["id"] for row in bound] != [plugin, savers]
        or not all(row["latestSnapshot"] for row in bound)
        or entrypoint["taskGraph"] != definitions.TASK_GRAPH
        or entrypoint["artifactGraph"] != definitions.ARTIFACT_GRAPH
    )
