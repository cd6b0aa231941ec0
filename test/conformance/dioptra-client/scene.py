"""A signed-in user of one server, and what checks make there."""

import os
import tempfile
import uuid
from pathlib import Path

from differences import DIFFERENCES
from recorder import record

SOURCE = """
from dioptra import pyplugs


@pyplugs.register
def greet(name):
    return f"Hello {name}"


@pyplugs.register
def shout(name):
    return f"HELLO {name}"


@pyplugs.register
def echo(words):
    print(words)
"""
GRAPH = "hello:\n  greet: $who\ntell:\n  echo: $hello.words\n"
SWAPS = """hello:
  ?GREETING:
    ?outputs: [words]
    polite:
      greet: $who
    loud:
      shout: $whom
tell:
  echo: $hello.words
"""
PASSWORD = "a long password"


def tracking():
    # Half a second of imports, for the checks that need it.
    from mlflow.tracking import MlflowClient

    return MlflowClient()


class Scene:
    def __init__(self, connect, server, column):
        self.connect = connect
        self.server = server
        self.column = column
        self.calls = {}
        self.client = connect(server)
        record(self.client, self.calls)
        self.folder = Path(tempfile.mkdtemp(prefix="dioptra-client-"))
        self.username = self.name("user")

    def sign_in(self):
        email = f"{self.username}@assay.test"
        self.client.users.create(self.username, email, PASSWORD)
        self.client.auth.login(self.username, PASSWORD)
        self.group = self.client.users.get_current()["groups"][0]["id"]
        # MLflow's own client tells runs and files to the same server.
        os.environ["MLFLOW_TRACKING_USERNAME"] = self.username
        os.environ["MLFLOW_TRACKING_PASSWORD"] = PASSWORD

    def name(self, kind="thing"):
        """A name that nobody else has: the server may be in use by others."""
        return f"{kind}_{uuid.uuid4().hex[:12]}"

    def differs(self, subject):
        """What this server should answer where the two differ on purpose."""
        return getattr(DIFFERENCES[subject], self.column)

    def another_user(self):
        """A second account, signed in by a client of its own."""
        client, username = self.connect(self.server), self.name("other")
        record(client, self.calls)
        client.users.create(username, f"{username}@assay.test", PASSWORD)
        client.auth.login(username, PASSWORD)
        return client, username

    def tag(self):
        return self.client.tags.create(self.group, self.name("tag"))["id"]

    def queue(self):
        return self.client.queues.create(self.group, self.name("queue"))["id"]

    def builtin(self, name):
        """The id of a type that every group has."""
        page = self.client.plugin_parameter_types.get(group_id=self.group, search=f"name:{name}")
        return page["data"][0]["id"]

    def plugin(self):
        return self.client.plugins.create(self.group, self.name("plugin"))["id"]

    def function_tasks(self):
        text = self.builtin("string")
        words = [{"name": "words", "parameterType": text}]
        name = [{"name": "name", "parameterType": text}]
        return [
            {"name": "greet", "inputParams": name, "outputParams": words},
            {"name": "shout", "inputParams": name, "outputParams": words},
            {"name": "echo", "inputParams": words, "outputParams": []},
        ]

    def plugin_with_tasks(self):
        plugin = self.plugin()
        self.client.plugins.files.create(plugin, "greetings.py", SOURCE, self.function_tasks())
        return plugin

    def artifact_plugin(self):
        """A plugin with a task that stores a text."""
        plugin = self.plugin()
        contents = [{"name": "contents", "parameterType": self.builtin("string")}]
        tasks = [{"name": "TextFile", "outputParams": contents}]
        self.client.plugins.files.create(plugin, "store.py", "# stores", artifact_tasks=tasks)
        return plugin

    def entrypoint(self, graph=GRAPH, **more):
        plugins = more.pop("plugins", None) or [self.plugin_with_tasks()]
        who = [{"name": "who", "parameterType": "string", "defaultValue": "you"}]
        parameters = more.pop("parameters", who)
        name = self.name("entrypoint")
        return self.client.entrypoints.create(
            self.group, name, graph, parameters=parameters, plugins=plugins, **more
        )["id"]

    def entrypoint_with_swaps(self):
        parameters = [
            {"name": name, "parameterType": "string", "defaultValue": name}
            for name in ["who", "whom"]
        ]
        return self.entrypoint(SWAPS, parameters=parameters, queues=[self.queue()])

    def experiment(self, *entrypoints):
        return self.client.experiments.create(
            self.group, self.name("experiment"), entrypoints=list(entrypoints)
        )["id"]

    def workshop(self, **more):
        """An experiment, an entrypoint of it and a queue of that, as jobs need them."""
        queue = self.queue()
        entrypoint = self.entrypoint(queues=[queue], **more)
        return self.experiment(entrypoint), entrypoint, queue

    def job(self, **more):
        experiment, entrypoint, queue = self.workshop()
        job = self.client.experiments.jobs.create(experiment, entrypoint, queue, **more)["id"]
        return experiment, job

    def new_run(self, experiment):
        """The id of a new run, told by MLflow's own client."""
        # The original knows its experiments by other numbers than MLflow.
        where = str(experiment) if self.column == "assay" else "0"
        return tracking().create_run(where).info.run_id

    def run(self, experiment, job, files):
        """Starts a job and gives it a run that holds these files; returns where they are."""
        self.client.experiments.jobs.set_status(experiment, job, "started")
        run = self.new_run(experiment)
        self.client.jobs.set_mlflow_run_id(job, run)
        for path, text in files.items():
            file = self.folder / run / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            folder = str(Path(path).parent)
            tracking().log_artifact(run, str(file), None if folder == "." else folder)
        return tracking().get_run(run).info.artifact_uri

    def artifact(self, files, path, **more):
        """An artifact of a new job, of these files, at this path."""
        experiment, job = self.job()
        root = self.run(experiment, job, files)
        return self.client.artifacts.create(self.group, job, f"{root}/{path}", **more)
