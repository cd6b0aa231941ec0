"""Dioptra's own client asks for an analysis and imports files, an archive and a repository."""

import io
import json
import sys
import tarfile

from dioptra.client import DioptraFile, connect_json_dioptra_client

api = sys.argv[1]
CODE = "from dioptra import pyplugs\n\n@pyplugs.register\ndef load(path: str): ...\n"


def files(name):
    config = f"""
[[plugins]]
path = "{name}"
[[plugins.tasks.functions]]
filename = "work.py"
name = "load"
input_params = [{{ name = "path", type = "string", required = true }}]
output_params = []
[[entrypoints]]
path = "{name}.yml"
name = "{name}"
plugins = ["{name}"]
"""
    graph = "graph:\n  step:\n    load: [x]\n"
    return {"dioptra.toml": config, f"{name}/work.py": CODE, f"{name}.yml": graph}


def uploaded(name, text):
    return DioptraFile(name, io.BytesIO(text.encode()), None)


def archived(content):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    packed.seek(0)
    return DioptraFile("resources.tar.gz", packed, "application/gzip")


client = connect_json_dioptra_client(api)
client.users.create("importer", "importer@assay.test", "a long password")
client.auth.login("importer", "a long password")
group = client.users.get_current()["groups"][0]["id"]

many = [uploaded(name, text) for name, text in files("one").items()]
answers = {
    "analysis": client.workflows.analyze_plugin_task_signatures(CODE),
    "files": client.workflows.import_resources(group, many),
    "archive": client.workflows.import_resources(group, archived(files("two"))),
    "update": client.workflows.import_resources(
        group,
        archived(files("two")),
        config_path="dioptra.toml",
        resolve_name_conflicts_strategy="update",
    ),
}
for case, source in {"again": archived(files("two")), "git": "https://github.com/a/b"}.items():
    try:
        client.workflows.import_resources(group, source)
    except Exception as error:
        answers[case] = f"{type(error).__name__} {error}"
json.dump(answers, sys.stdout)
