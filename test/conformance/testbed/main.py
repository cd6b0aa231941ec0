"""Calls the Testbed API with `requests`, as scripts did that were written for it.

    main.py --list AREA …      the checks, as a JSON list
    main.py SERVER AREA …

TESTBED_USER and TESTBED_PASSWORD sign in; jobs go to the queue TESTBED_QUEUE; archives that are
large have TESTBED_UPLOAD_MB megabytes. One line of JSON for each check, as soon as it is done; the
last says what was called.
"""

import importlib
import inspect
import json
import sys
import time
import traceback


def checks_of(areas):
    for area in areas:
        module = importlib.import_module(f"areas.{area}")
        for name, check in vars(module).items():
            if name.startswith("check_") and inspect.isfunction(check):
                yield f"{area}: {name.removeprefix('check_').replace('_', ' ')}", check


def failure_of(check, scene):
    try:
        check(scene)
    except Exception:
        return traceback.format_exc()
    return None


def main(server, *areas):
    from scene import Scene

    scene = Scene(server)
    for title, check in checks_of(areas):
        since = time.monotonic()
        error = failure_of(check, scene)
        line = {"check": title, "error": error, "seconds": round(time.monotonic() - since, 2)}
        print(json.dumps(line), flush=True)
    print(json.dumps({"called": sorted(scene.called)}), flush=True)


if sys.argv[1] == "--list":
    print(json.dumps([title for title, _ in checks_of(sys.argv[2:])]))
else:
    main(*sys.argv[1:])
