"""Where Assay answers otherwise than Dioptra on purpose. Everything else that is asserted holds for both."""

from typing import Any, NamedTuple


class Difference(NamedTuple):
    original: Any
    assay: Any
    why: str


DIFFERENCES = {
    "tags of a group": Difference(
        False, True, "Of a group, the original lists each tag once for each resource of the group."
    ),
    "change of a built-in type": Difference(
        (404, "EntityDoesNotExistError"),
        (403, "ReadOnlyLockError"),
        "The original means to say that it is read-only, and does not find it.",
    ),
    "artifact that is not there": Difference(
        (500, "JobStoreError"), (404, "JobStoreError"), "It is the caller's mistake."
    ),
    "import from a forbidden repository": Difference(
        500, 400, "Which hosts may be asked is the deployment's choice: none unless it says so."
    ),
}
