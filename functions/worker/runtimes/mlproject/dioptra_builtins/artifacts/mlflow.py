"""Files and directories as artifacts of the job's run."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import mlflow
from dioptra import pyplugs

# The method of a data frame that writes each format.
WRITERS = {
    "csv": "to_csv",
    "feather": "to_feather",
    "json": "to_json",
    "parquet": "to_parquet",
    "pickle": "to_pickle",
}


@pyplugs.register
def upload_file_as_artifact(artifact_path: str | Path) -> None:
    """Uploads one file."""
    mlflow.log_artifact(os.fspath(artifact_path))


@pyplugs.register
def upload_directory_as_tarball_artifact(
    source_dir: str | Path,
    tarball_filename: str,
    tarball_write_mode: str = "w:gz",
    working_dir: str | Path | None = None,
) -> None:
    """Packs a directory, with its own name on top, and uploads the archive."""
    source, archive = Path(source_dir), _in(working_dir, tarball_filename)
    if not source.is_dir():
        raise NotADirectoryError(f"{source} is not a directory")
    with tarfile.open(archive, tarball_write_mode) as packed:
        # An archive that is made within the directory does not hold itself.
        packed.add(source, arcname=source.resolve().name, filter=_all_but(archive, source))
    mlflow.log_artifact(str(archive))


@pyplugs.register
def upload_data_frame_artifact(
    data_frame: Any,
    file_name: str,
    file_format: str,
    file_format_kwargs: dict[str, Any] | None = None,
    working_dir: str | Path | None = None,
) -> None:
    """Writes a pandas data frame and uploads the file; a name without a suffix gets the format's."""
    writer = WRITERS.get(file_format.lower())
    if writer is None:
        raise ValueError(f"file_format must be one of {', '.join(WRITERS)}, not {file_format!r}")
    name = file_name if Path(file_name).suffix else f"{file_name}.{file_format.lower()}"
    path = _in(working_dir, name)
    getattr(data_frame, writer)(path, **(file_format_kwargs or {}))
    mlflow.log_artifact(str(path))


@pyplugs.register
def download_all_artifacts_in_run(
    run_id: str, artifact_path: str | None, destination_path: str | Path | None = None
) -> str:
    """Downloads an artifact, or everything below a path, and says where it is."""
    destination = None if destination_path is None else os.fspath(destination_path)
    if destination is not None:
        Path(destination).mkdir(parents=True, exist_ok=True)
    return mlflow.artifacts.download_artifacts(
        run_id=run_id, artifact_path=artifact_path or "", dst_path=destination
    )


def _in(folder: str | Path | None, name: str) -> Path:
    """A path in a folder that is made when it is not there, by default the current one."""
    path = Path.cwd() if folder is None else Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path / name


def _all_but(archive: Path, source: Path) -> Any:
    hidden, root = archive.resolve(), source.resolve()

    def keep(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if root.parent / member.name == hidden else member

    return keep
