"""Makes Dioptra's database and puts experiments in by its own models, since its API takes minutes.

Reads {"user": {...}, "rows": [{"name", "description"}, ...]} and prints {"group": id, "ids": [...]}.
"""

import json
import sys
from importlib.util import find_spec

from dioptra.restapi.app import create_app
from dioptra.restapi.db import db, models
from flask_migrate import upgrade

request = json.load(sys.stdin)
# The migrations log to standard output, where only the answer belongs.
answer, sys.stdout = sys.stdout, sys.stderr
app = create_app()
with app.app_context():
    upgrade(directory=find_spec("dioptra.restapi.db.alembic").submodule_search_locations[0])
registered = app.test_client().post("/api/v1/users/", json=request["user"])
if registered.status_code != 200:
    sys.exit(f"POST /api/v1/users/: {registered.status_code} {registered.text}")
with app.app_context():
    user = db.session.get(models.User, registered.json["id"])
    group = db.session.get(models.Group, registered.json["groups"][0]["id"])
    ids = []
    for row in request["rows"]:
        resource = models.Resource("experiment", group)
        db.session.add(models.Experiment(row["description"], resource, user, row["name"]))
        db.session.flush()
        ids.append(resource.resource_id)
    db.session.commit()
    json.dump({"group": group.group_id, "ids": ids}, answer)
