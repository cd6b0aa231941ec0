"""Dioptra's own rendering and casting, without its database and web server."""

import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import dioptra.task_engine


class ArtifactTask:
    """Stands for the database's class, which the renderer only asks `isinstance` about."""


class MismatchError(Exception):
    """The types of parameters do not fit."""

    def __init__(self, **details):
        super().__init__(str(details))


class InvalidYamlError(Exception):
    """The graph is no YAML."""


def _package(name, path):
    module = ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module


def _module(name, **contents):
    module = ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


# The real packages import Flask and SQLAlchemy when they are loaded; two files of them are all that
# is wanted.
_root = Path(dioptra.task_engine.__file__).parents[1] / "restapi"
_package("dioptra.restapi", _root)
_package("dioptra.restapi.v1", _root / "v1")
_package("dioptra.restapi.v1.entrypoints", _root / "v1" / "entrypoints")
_package("dioptra.restapi.db", _root / "db")
_package("dioptra.restapi.db.models", _root / "db" / "models")
_module("dioptra.restapi.db.models.artifacts", ArtifactTask=ArtifactTask)
_module(
    "dioptra.restapi.db.models.entry_points",
    EntryPointArtifactOutputParameter=object,
    EntryPointParameterValue=object,
)
_module("dioptra.restapi.db.models.plugins", PluginTaskOutputParameter=object)
_module(
    "dioptra.restapi.errors",
    EntrypointParameterTypeMismatchError=MismatchError,
    ArtifactParameterTypeMismatchError=MismatchError,
    InvalidYamlError=InvalidYamlError,
)
_protocols = ModuleType("dioptra.restapi.v1.entrypoints.protocols")
_protocols.__getattr__ = lambda name: object
sys.modules[_protocols.__name__] = _protocols

coerce_to_type = importlib.import_module("dioptra.restapi.v1.type_coercions").coerce_to_type
_renderer = importlib.import_module("dioptra.restapi.v1.entrypoints.task_engine_yaml")


def _parameters(rows, types):
    return [
        SimpleNamespace(
            name=row["name"],
            parameter_number=place,
            required=row.get("required", True),
            parameter_type=SimpleNamespace(
                name=row["parameterType"], structure=types.get(row["parameterType"])
            ),
        )
        for place, row in enumerate(rows)
    ]


def _tasks(rows, types):
    return [
        SimpleNamespace(
            plugin_task_name=row["name"],
            input_parameters=_parameters(row["inputParams"], types),
            output_parameters=_parameters(row["outputParams"], types),
        )
        for row in rows
    ]


def render(source):
    """The engine document of the original for the same entrypoint."""
    types = dict(source["types"])
    files = [
        SimpleNamespace(
            plugin=SimpleNamespace(name=plugin["name"]),
            plugin_file=SimpleNamespace(
                filename=file["filename"], tasks=_tasks(file["functionTasks"], types)
            ),
        )
        for plugin in source["plugins"]
        for file in plugin["files"]
    ]
    entrypoint = SimpleNamespace(
        task_graph=source["taskGraph"],
        artifact_graph=source["artifactGraph"],
        parameters=[
            SimpleNamespace(
                name=row["name"],
                parameter_type=row["parameterType"],
                default_value=row["defaultValue"],
            )
            for row in source["parameters"]
        ],
        artifact_parameters=[
            SimpleNamespace(
                name=row["name"], output_parameters=_parameters(row["outputParams"], types)
            )
            for row in source["artifactParameters"]
        ],
    )
    rows = [SimpleNamespace(name=name, structure=structure) for name, structure in types.items()]
    document = _renderer.build_task_engine_dict(entrypoint, files, rows)
    # There a parameter points to the row of its type; here a name may point nowhere.
    document["types"] = {name: s for name, s in document["types"].items() if name in types}
    return document
