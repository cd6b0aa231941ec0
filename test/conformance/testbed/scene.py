"""Who calls, what it made, and what was called."""

import os
import time
import uuid
from urllib.parse import urlsplit

import projects
import requests
from expect import JOB, is_a, ok

JOB_SECONDS = 120


class Scene:
    def __init__(self, server):
        self.server = server
        self.user = os.environ["TESTBED_USER"]
        self.password = os.environ["TESTBED_PASSWORD"]
        self.queue = os.environ["TESTBED_QUEUE"]
        self.megabytes = int(os.environ["TESTBED_UPLOAD_MB"])
        self.called = set()
        self.http = self.session()
        self.http.auth = (self.user, self.password)
        self.kept = {}

    def session(self):
        """A session of nobody, which reads no settings of this machine."""
        session = requests.Session()
        session.trust_env = False
        session.hooks["response"] = self.note
        return session

    def note(self, answer, *_args, **_options):
        path = urlsplit(answer.request.url).path
        if answer.request.url.startswith(f"{self.server}/api/"):
            self.called.add(f"{answer.request.method} {path}")

    def url(self, path):
        return f"{self.server}/api{path}"

    def get(self, path, **more):
        return self.http.get(self.url(path), **more)

    def post(self, path, **more):
        return self.http.post(self.url(path), **more)

    def put(self, path, **more):
        return self.http.put(self.url(path), **more)

    def delete(self, path, **more):
        return self.http.delete(self.url(path), **more)

    def name(self, kind):
        """A name that nobody else has: the server may be in use by others."""
        return f"{kind}-{uuid.uuid4().hex[:10]}"

    def once(self, key, make):
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def experiment(self):
        """The name of an experiment that jobs belong to; their queue is registered as well."""

        def make():
            name = self.name("mnist")
            ok(self.post("/experiment/", data={"name": name}))
            if self.get(f"/queue/name/{self.queue}").status_code == 404:
                ok(self.post("/queue/", data={"name": self.queue}))
            return name

        return self.once("experiment", make)

    def job_form(self, **more):
        form = {"experiment_name": self.experiment(), "queue": self.queue, "entry_point": "hello"}
        return {name: value for name, value in (form | more).items() if value is not None}

    def submit(self, workflow=("workflows.tar.gz", None), **form):
        """The answer to a form that submits a job; `workflow` is the name and the bytes of its archive."""
        name, content = workflow
        files = {"workflow": (name, projects.tarball() if content is None else content)}
        return self.post("/job/", data=self.job_form(**form), files=files)

    def submitted(self, *args, **form):
        return is_a(JOB, ok(self.submit(*args, **form)), exactly=False)

    def job(self, job_id):
        return is_a(JOB, ok(self.get(f"/job/{job_id}")), exactly=False)

    def wait(self, job_id, *states):
        """The job as soon as it is in one of these states."""
        until = time.monotonic() + JOB_SECONDS
        while time.monotonic() < until:
            job = self.job(job_id)
            if job["status"] in (states or ("finished", "failed")):
                return job
            time.sleep(0.25)
        raise AssertionError(f"after {JOB_SECONDS} s: {job}\n{self.log(job_id)}")

    def finished(self, job_id):
        job = self.wait(job_id)
        assert job["status"] == "finished", f"{job}\n{self.log(job_id)}"
        return job

    def log(self, job_id):
        """The log, followed to its end or as far as it is."""
        lines, cursor = [], None
        while True:
            query = {} if cursor is None else {"cursor": cursor}
            page = ok(self.get(f"/job/{job_id}/log", params=query))
            lines += page["lines"]
            cursor = page["cursor"]
            if not page["hasMore"]:
                return "\n".join(line["message"] for line in lines)

    def mlflow(self, call, **query):
        return ok(self.get(f"/2.0/mlflow/{call}", params=query))
