"""Archives with an MLproject, made on the fly."""

import io
import os
import tarfile
import zipfile

MLPROJECT = """\
name: digits
entry_points:
  main:
    parameters:
      epochs: {type: float, default: 3}
      name: {type: string, default: nobody}
    command: "python train.py --epochs {epochs} --name {name}"
  hello:
    parameters:
      word: {type: string, default: hello}
    command: "echo said {word}"
  wait:
    parameters:
      seconds: {type: float, default: 300}
    command: "echo waiting; sleep {seconds}"
  fail:
    command: "echo failing; exit 3"
  plugin:
    command: "python use_plugin.py"
"""
TRAIN = """\
import argparse

import mlflow

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=float)
parser.add_argument("--name")
asked = parser.parse_args()
print("training for", asked.epochs, "epochs as", asked.name, flush=True)
with open("digits.csv", "w") as file:
    file.write("digit,count\\n7,11\\n")
with mlflow.start_run():
    mlflow.log_param("learning_rate", 0.25)
    for step in range(3):
        mlflow.log_metric("accuracy", 0.5 + step / 8, step=step)
    mlflow.log_artifact("digits.csv", "tables")
"""
USE_PLUGIN = """\
from dioptra_custom.greetings.words import greet

print(greet("plugins"), flush=True)
"""
FILES = {"MLproject": MLPROJECT, "train.py": TRAIN, "use_plugin.py": USE_PLUGIN}
GREETINGS = {
    "greetings/__init__.py": "",
    "greetings/words.py": "def greet(whom):\n    return f'greetings to {whom}'\n",
    "greetings/notes.txt": "no module",
}
MEGABYTE = 1024 * 1024


def tarball(files=None, mode="w:gz", megabytes=0):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for name, content in entries(files, megabytes):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def zipped(files=None, megabytes=0):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries(files, megabytes):
            archive.writestr(name, content)
    return target.getvalue()


def entries(files, megabytes):
    """The files, and beside them bytes that nothing makes shorter."""
    for name, content in (FILES if files is None else files).items():
        yield name, content.encode()
    if megabytes:
        yield "data/weights.bin", os.urandom(megabytes * MEGABYTE)
