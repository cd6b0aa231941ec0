"""A project's own environment, made by uv below the job's folder from what the machine has.

MLflow's other way needs pyenv, which builds Pythons. uv takes one that is there, and installs in
a second what takes pip ten. It knows uv's own settings only, so pip's are handed on to it: who has
told pip where packages are need not tell again. Certificates are those of the machine: a variable
for uv's would be the command's, too.
"""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import MutableMapping

# What pip calls it, and uv's variable for it.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
}
SECTIONS = ("global", "install")


def prepare_uv(environ: MutableMapping[str, str], workdir: Path) -> None:
    """Sets what uv and MLflow need to make environments that go with the job."""
    environ["MLFLOW_ENV_ROOT"] = str(workdir / "environments")
    environ["UV_CACHE_DIR"] = str(workdir / "uv-cache")
    environ["UV_PYTHON_INSTALL_DIR"] = str(workdir / "uv-python")
    # A Python that is not here would come from a site that few networks reach, and unasked for.
    environ["UV_PYTHON_DOWNLOADS"] = "never"
    environ["UV_NO_PROGRESS"] = "1"
    environ.setdefault("UV_SYSTEM_CERTS", "1")
    # The worker's Python is an environment itself: uv makes others from the one below it.
    environ["PATH"] = os.pathsep.join([environ["PATH"], str(Path(sys.base_prefix, "bin"))])
    for name, value in _pip_settings(environ).items():
        environ.setdefault(PIP_TO_UV[name], value)


def require_python(wanted: str) -> str | None:
    """Says what is wrong when the machine does not have that version of Python."""
    if shutil.which("uv") is None:
        return "environments of projects need uv, which this worker's Python does not have"
    # System: not the environment of the worker itself, which cannot be the base of another.
    if _uv("find", "--system", wanted).returncode == 0:
        return None
    there = ", ".join(_versions()) or "none"
    return f"the project asks for Python {wanted}; on this worker there is {there}"


def _versions() -> list[str]:
    listed = _uv("list", "--only-installed", "--output-format", "json")
    if listed.returncode != 0:
        return [sys.version.split()[0]]
    return sorted({python["version"] for python in json.loads(listed.stdout)})


def _uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["uv", "python", *arguments], capture_output=True, text=True)


def _pip_settings(environ: MutableMapping[str, str]) -> dict[str, str]:
    """The settings of pip that uv needs, from its files and, before these, its variables."""
    settings: dict[str, str] = {}
    for file in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, "utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in filter(parser.has_section, SECTIONS):
            settings |= {name: value for name, value in parser.items(section) if name in PIP_TO_UV}
    for name in PIP_TO_UV:
        given = environ.get(f"PIP_{name.upper().replace('-', '_')}")
        if given:
            settings[name] = given
    # pip takes several values on lines of their own; uv parts paths by commas, all else by blanks.
    return {
        name: ("," if name == "find-links" else " ").join(value.split())
        for name, value in settings.items()
        if value.strip()
    }


def _pip_files(environ: MutableMapping[str, str]) -> list[Path]:
    """In pip's order: the later a file, the more it counts."""
    files = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), Path(sys.prefix, "pip.conf")]
    named = environ.get("PIP_CONFIG_FILE")
    return [*files, Path(named)] if named else files
