"""A script of the time when the Testbed API had no accounts: nothing in it knows of credentials.

    DIOPTRA_RESTAPI_URI=http://localhost:30080 old_script.py EXPERIMENT QUEUE
"""

import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from posixpath import join as posixjoin
from urllib.parse import urlparse, urlunparse

import requests

MLPROJECT = """\
name: old

entry_points:
  hello:
    parameters:
      whom: {type: string, default: world}
    command: "echo hello {whom}"
"""


class DioptraClient:
    def __init__(self):
        address = f"{os.environ['DIOPTRA_RESTAPI_URI']}/api"
        self._scheme, self._netloc, self._path, _, _, _ = urlparse(address)

    def endpoint(self, name):
        path = posixjoin(self._path, name)
        return urlunparse((self._scheme, self._netloc, path, "", "", ""))

    def get_experiment_by_name(self, name):
        return requests.get(posixjoin(self.endpoint("experiment/"), "name", name)).json()

    def register_experiment(self, name):
        return requests.post(self.endpoint("experiment/"), data={"name": name}).json()

    def get_all_queues(self):
        return requests.get(self.endpoint("queue/")).json()

    def register_queue(self, name):
        return requests.post(self.endpoint("queue/"), data={"name": name}).json()

    def get_job_by_id(self, id):
        return requests.get(posixjoin(self.endpoint("job/"), id)).json()

    def submit_job(self, workflows_file, experiment_name, queue, entry_point, entry_point_kwargs):
        job_form = {
            "experiment_name": experiment_name,
            "queue": queue,
            "timeout": "24h",
            "entry_point": entry_point,
            "entry_point_kwargs": entry_point_kwargs,
        }
        workflows_file = Path(workflows_file)
        with workflows_file.open("rb") as f:
            job_files = {"workflow": (workflows_file.name, f)}
            response = requests.post(self.endpoint("job/"), data=job_form, files=job_files)
        return response.json()


def make_tar(target_dir):
    project = Path(target_dir, "MLproject")
    project.write_text(MLPROJECT)
    path = Path(target_dir, "workflows.tar.gz")
    with tarfile.open(path, "w:gz") as f:
        f.add(project, arcname="MLproject")
    return path


def main(experiment_name, queue):
    client = DioptraClient()
    found = client.get_experiment_by_name(experiment_name)
    if "experimentId" not in found:
        print(client.register_experiment(experiment_name))
    if queue not in [each["name"] for each in client.get_all_queues()]:
        print(client.register_queue(queue))
    with tempfile.TemporaryDirectory() as target_dir:
        job = client.submit_job(
            make_tar(target_dir), experiment_name, queue, "hello", "-P whom=everybody"
        )
    print(job)
    while job["status"] not in ("finished", "failed"):
        time.sleep(0.5)
        job = client.get_job_by_id(job["jobId"])
    print(job["status"])


main(*sys.argv[1:])
