"""How the results of the digits entry point become files, and how to read them back."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dioptra.sdk.api.artifact import ArtifactTaskInterface


class CsvTable(ArtifactTaskInterface):
    """Rows of numbers with a header line."""

    @staticmethod
    def serialize(
        working_dir: Path, name: str, contents: Any, columns: list[str] | None = None, **kwargs: Any
    ) -> Path:
        path = (working_dir / name).with_suffix(".csv")
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if columns:
                writer.writerow(columns)
            # repr keeps every digit, so that a reader gets the same number back.
            writer.writerows([repr(float(cell)) for cell in row] for row in contents)
        return path

    @staticmethod
    def deserialize(working_dir: Path, path: str, **kwargs: Any) -> Any:
        with Path(working_dir, path).open(newline="", encoding="utf-8") as file:
            return [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]

    @staticmethod
    def validation() -> dict[str, Any] | None:
        return {"columns": {"type": "array", "items": {"type": "string"}}}


class PngPicture(ArtifactTaskInterface):
    """A grey picture, each pixel enlarged to a square of `scale` pixels."""

    @staticmethod
    def serialize(
        working_dir: Path, name: str, contents: Any, scale: int = 1, **kwargs: Any
    ) -> Path:
        path = (working_dir / name).with_suffix(".png")
        enlarged = np.kron(contents, np.ones((scale, scale), dtype=np.uint8))
        Image.fromarray(enlarged).save(path, optimize=True)
        return path

    @staticmethod
    def deserialize(working_dir: Path, path: str, **kwargs: Any) -> Any:
        with Image.open(Path(working_dir, path)) as image:
            return np.asarray(image)

    @staticmethod
    def validation() -> dict[str, Any] | None:
        return {"scale": {"type": "integer", "minimum": 1, "maximum": 64}}


class NpzArrays(ArtifactTaskInterface):
    """Named arrays in NumPy's own format; reading it back runs no code, as a pickle would."""

    @staticmethod
    def serialize(working_dir: Path, name: str, contents: Any, **kwargs: Any) -> Path:
        path = (working_dir / name).with_suffix(".npz")
        np.savez_compressed(path, **contents)
        return path

    @staticmethod
    def deserialize(working_dir: Path, path: str, **kwargs: Any) -> Any:
        with np.load(Path(working_dir, path), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    @staticmethod
    def validation() -> dict[str, Any] | None:
        return None
