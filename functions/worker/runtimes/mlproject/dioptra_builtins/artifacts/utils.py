"""Archives and folders on the worker's disk."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Iterable

from dioptra import pyplugs


@pyplugs.register
def extract_tarfile(
    filepath: str | Path,
    tarball_read_mode: str = "r:gz",
    output_dir: str | Path | None = None,
) -> None:
    """Unpacks an archive, by default where the job runs; nothing gets outside of that folder."""
    target = Path.cwd() if output_dir is None else Path(output_dir)
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(filepath, tarball_read_mode) as archive:
        archive.extractall(target, filter="data")


@pyplugs.register
def make_directories(dirs: Iterable[str | Path]) -> None:
    """Makes folders and those above them; what is there already stays."""
    for folder in dirs:
        Path(folder).mkdir(parents=True, exist_ok=True)
