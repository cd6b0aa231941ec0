"""Artifacts of the test: a text in a file, and the same in a folder of three files."""

from pathlib import Path

from dioptra.sdk.api.artifact import ArtifactTaskInterface


class TextFile(ArtifactTaskInterface):
    @staticmethod
    def serialize(working_dir, name, contents, **kwargs):
        path = Path(working_dir, f"{name}.txt")
        path.write_text(contents)
        return path

    @staticmethod
    def deserialize(working_dir, path, **kwargs):
        return Path(working_dir, path).read_text()

    @staticmethod
    def validation():
        return None


class TextFolder(ArtifactTaskInterface):
    @staticmethod
    def serialize(working_dir, name, contents, **kwargs):
        folder = Path(working_dir, name)
        for number in range(3):
            file = folder / f"deep {number}" / "text.txt"
            file.parent.mkdir(parents=True)
            file.write_text(contents)
        return folder

    @staticmethod
    def deserialize(working_dir, path, **kwargs):
        files = sorted(Path(working_dir, path).glob("deep */text.txt"))
        return [file.read_text() for file in files]

    @staticmethod
    def validation():
        return None
