"""Signature analysis, import of resources; drafts are committed where their resources are checked."""

import tarfile

from dioptra.client.base import DioptraFile
from dioptra.client.utils import select_files_in_directory, select_one_or_more_files
from expect import MISSING, has, refused
from scene import SOURCE

CODE = """
from dioptra.pyplugs import register as task


@task
def train(rows: list[int], rate: float = 0.5, name="x") -> str:
    return name


@task
def show(anything):
    pass


def helper(a: int) -> int:
    return a
"""
GRAPH = """graph:
  hello:
    greet: $who
artifacts: {}
"""


def config(plugin, entrypoint, kind):
    return f"""
[[plugins]]
path = "{plugin}"
description = "imported"

[[plugins.tasks.functions]]
filename = "greetings.py"
name = "greet"
input_params = [{{ name = "name", type = "string", required = true }}]
output_params = [{{ name = "words", type = "{kind}" }}]

[[plugin_param_types]]
name = "{kind}"
structure = {{ list = "string" }}

[[entrypoints]]
path = "hello.yaml"
name = "{entrypoint}"
description = "imported"
params = [{{ name = "who", type = "string", default_value = "you" }}]
plugins = ["{plugin}"]
"""


class Bundle:
    """A folder with one plugin, one type and one entrypoint to import."""

    def __init__(self, scene):
        self.plugin, self.entrypoint, self.kind = map(scene.name, ["plugin", "entrypoint", "type"])
        self.folder = scene.folder / scene.name("bundle")
        (self.folder / self.plugin).mkdir(parents=True)
        (self.folder / self.plugin / "greetings.py").write_text(SOURCE)
        (self.folder / "hello.yaml").write_text(GRAPH)
        text = config(self.plugin, self.entrypoint, self.kind)
        (self.folder / "dioptra.toml").write_text(text)

    def files(self):
        return select_files_in_directory(self.folder, recursive=True)

    def archive(self):
        path = self.folder.with_suffix(".tar.gz")
        with tarfile.open(path, "w:gz") as archive:
            archive.add(self.folder, arcname=".")
        return select_one_or_more_files([path])[0]


def check_signature_analysis(scene):
    analyse = scene.client.workflows.analyze_plugin_task_signatures
    train, show = sorted(analyse(CODE)["tasks"], key=lambda task: task["name"], reverse=True)

    has(train, name="train")
    assert [(param["name"], param["type"], param["required"]) for param in train["inputs"]] == [
        ("rows", "list_int", True),
        ("rate", "number", False),
        ("name", "type1", False),
    ]
    assert [(param["name"], param["type"]) for param in train["outputs"]] == [("output", "string")]
    assert [row["name"] for row in train["missing_types"]] == ["list_int"]
    has(show, name="show", outputs=[])
    with refused(400, "InvalidPythonError"):
        analyse("def broken(:\n")


def check_import_of_files(scene):
    bundle, client = Bundle(scene), scene.client
    imported = client.workflows.import_resources(scene.group, bundle.files())

    assert set(imported["resources"]["plugins"]) == {bundle.plugin}
    assert len(imported["hash"]) == 64
    plugin = client.plugins.get_by_id(imported["resources"]["plugins"][bundle.plugin])
    has(plugin, name=bundle.plugin, description="imported")
    assert [file["filename"] for file in plugin["files"]] == ["greetings.py"]
    made = imported["resources"]["plugin_param_types"][bundle.kind]
    has(client.plugin_parameter_types.get_by_id(made), structure={"list": "string"})
    made = client.entrypoints.get_by_id(imported["resources"]["entrypoints"][bundle.entrypoint])
    has(made, name=bundle.entrypoint)
    assert [bound["id"] for bound in made["plugins"]] == [plugin["id"]]


def check_import_of_an_archive(scene):
    bundle, workflows = Bundle(scene), scene.client.workflows
    first = workflows.import_resources(scene.group, bundle.archive(), "dioptra.toml", "fail")["resources"]

    with refused(409, "EntityExistsError"):
        workflows.import_resources(scene.group, bundle.archive())
    plugin = scene.client.plugins.get_by_id(first["plugins"][bundle.plugin])
    updated = workflows.import_resources(
        scene.group, bundle.archive(), resolve_name_conflicts_strategy="update"
    )["resources"]
    assert updated == first
    assert scene.client.plugins.get_by_id(plugin["id"])["snapshot"] > plugin["snapshot"]
    replaced = workflows.import_resources(
        scene.group, bundle.archive(), resolve_name_conflicts_strategy="overwrite"
    )["resources"]
    assert replaced["plugins"][bundle.plugin] != plugin["id"]


def check_refused_imports(scene):
    bundle, workflows = Bundle(scene), scene.client.workflows
    with refused(400, "ImportFailedError"):
        workflows.import_resources(scene.group, bundle.files(), "missing.toml")
    (bundle.folder / "dioptra.toml").write_text("plugins = 3")
    with refused(400):
        workflows.import_resources(scene.group, bundle.files())
    (bundle.folder / "broken.tar.gz").write_text("no archive")
    broken = (bundle.folder / "broken.tar.gz").open("rb")
    with refused(400):
        workflows.import_resources(scene.group, DioptraFile("broken.tar.gz", broken, None))
    # All or nothing.
    assert scene.client.plugins.get(search=f'name:"{bundle.plugin}"')["data"] == []


def check_import_from_git(scene):
    status = scene.differs("import from a forbidden repository")
    with refused(status):
        scene.client.workflows.import_resources(scene.group, "https://127.0.0.1:1/a/b.git")


def check_commit_of_a_missing_draft(scene):
    with refused(404, "DraftDoesNotExistError"):
        scene.client.workflows.commit_draft(MISSING)
