"""Drives MLflow's own client, fluent and MlflowClient, against a server.

    main.py --list AREA …                      the checks, as a JSON list
    main.py SERVER (assay|oracle|original) AREA …

One line of JSON for each check, as soon as it is done.
"""

import importlib
import inspect
import json
import os
import sys
import time
import traceback


def checks_of(areas):
    for area in areas:
        module = importlib.import_module(f"areas.{area}")
        for name, check in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("check_"):
                yield f"{area}: {name.removeprefix('check_').replace('_', ' ')}", check


def say(**line):
    print(json.dumps(line), file=OUT, flush=True)


def run(check, scene):
    try:
        check(scene)
    except Exception:
        return traceback.format_exc()
    finally:
        scene.tidy()
    return None


def main(server, column, *areas):
    from scene import Scene

    with Scene(server, column) as scene:
        for title, check in checks_of(areas):
            since = time.monotonic()
            error = run(check, scene)
            say(check=title, error=error, seconds=round(time.monotonic() - since, 2))


# What the client itself prints must not mix with the report.
OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
if sys.argv[1] == "--list":
    print(json.dumps([title for title, _ in checks_of(sys.argv[2:])]), file=OUT, flush=True)
else:
    main(*sys.argv[1:])
