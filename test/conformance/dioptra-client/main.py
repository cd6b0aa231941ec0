"""Drives every method of Dioptra's client against a server.

    main.py --list [area …]                            the checks, as a JSON list
    main.py SERVER (assay|original) (json|response) [area …]

One line of JSON for each check, then one with the number of calls of each public method.
"""

import importlib
import inspect
import json
import shutil
import sys
import traceback

from dioptra.client import connect_json_dioptra_client, connect_response_dioptra_client
from scene import Scene

AREAS = [
    "users",
    "tags",
    "queues",
    "types",
    "plugins",
    "plugin_files",
    "entrypoints",
    "graphs",
    "experiments",
    "jobs",
    "reports",
    "artifacts",
    "models",
    "workflows",
]
CONNECT = {"json": connect_json_dioptra_client, "response": connect_response_dioptra_client}


def checks_of(areas):
    for area in areas or AREAS:
        module = importlib.import_module(f"areas.{area}")
        for name, check in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("check_"):
                yield f"{area}: {name.removeprefix('check_').replace('_', ' ')}", check


def say(**line):
    print(json.dumps(line), flush=True)


def run(check, scene):
    try:
        check(scene)
    except Exception:
        return traceback.format_exc()
    return None


def main(server, column, kind, *areas):
    scene = Scene(CONNECT[kind], server, column)
    try:
        scene.sign_in()
        for title, check in checks_of(areas):
            say(check=title, error=run(check, scene))
        scene.client.close()
    finally:
        shutil.rmtree(scene.folder)
    say(calls=scene.calls)


if sys.argv[1] == "--list":
    print(json.dumps([title for title, _ in checks_of(sys.argv[2:])]))
else:
    main(*sys.argv[1:])
