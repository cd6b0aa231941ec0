"""A signed-in user of one server, and what checks make there."""

import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path

import mlflow
import requests
from differences import DIFFERENCES
from mlflow import MlflowClient

PASSWORD = "a long password"
ORACLE = "/20260430/aiDataPlatforms/ocid1.aidataplatform.oc1..conformance/workspaces/{group}/mlops"


class Scene:
    def __init__(self, server, column):
        self.column = column
        self.folder = Path(tempfile.mkdtemp(prefix="mlflow-client-"))
        self.uri = server if column == "original" else self.sign_up(server)
        os.environ["MLFLOW_TRACKING_URI"] = self.uri
        mlflow.set_tracking_uri(self.uri)
        self.client = MlflowClient()
        self.store = self.client._tracking_client.store

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def sign_up(self, server):
        """Makes an account, whose name and password the client sends; returns what it should call."""
        username = self.name("user")
        email = f"{username}@assay.test"
        body = {"username": username, "email": email}
        body |= {"password": PASSWORD, "confirmPassword": PASSWORD}
        with requests.Session() as session:
            session.post(f"{server}/api/v1/users", json=body).raise_for_status()
            login = {"username": username, "password": PASSWORD}
            session.post(f"{server}/api/v1/auth/login", json=login).raise_for_status()
            group = session.post(f"{server}/api/v1/groups", json={"name": self.name("group")})
            group.raise_for_status()
        os.environ["MLFLOW_TRACKING_USERNAME"] = username
        os.environ["MLFLOW_TRACKING_PASSWORD"] = PASSWORD
        prefix = ORACLE.format(group=group.json()["id"]) if self.column == "oracle" else ""
        return server + prefix

    def tidy(self):
        """No run of a check stays active for the next one."""
        while mlflow.active_run():
            mlflow.end_run()

    def name(self, kind="thing"):
        """A name that nobody else has: the server may be in use by others."""
        return f"{kind}-{uuid.uuid4().hex[:12]}"

    def differs(self, subject):
        """What this server should answer where the two differ on purpose."""
        difference = DIFFERENCES[subject]
        return difference.original if self.column == "original" else difference.assay

    def experiment(self, name=None, **more):
        return self.client.create_experiment(name or self.name("experiment"), **more)

    def run(self, experiment=None, **more):
        """The id of a new run."""
        experiment = experiment or self.experiment()
        return self.client.create_run(experiment, **more).info.run_id

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def call(self, method, path, **more):
        """A call that the client has no method for; `path` begins after the tracking URI."""
        auth = None
        if self.column != "original":
            auth = (os.environ["MLFLOW_TRACKING_USERNAME"], PASSWORD)
        return requests.request(method, self.uri + path, auth=auth, timeout=60, **more)

    def now(self):
        return int(time.time() * 1000)
