"""Where Assay answers otherwise than MLflow on purpose. Everything else that is asserted holds for both."""

from typing import Any, NamedTuple


class Difference(NamedTuple):
    original: Any
    assay: Any
    why: str


DIFFERENCES = {
    "history of a run that is not there": Difference(
        False, True, "The original shows an empty history; a wrong id should be told."
    ),
    "an order that names a field twice": Difference(
        False, True, "The original fails with 500, which clients repeat for minutes; here it is 400."
    ),
    "tag of a trace that is not there": Difference(
        "BAD_REQUEST",
        "RESOURCE_DOES_NOT_EXIST",
        "The original shows the error of its database, statement included.",
    ),
    "run deleted before its experiment, after that was restored": Difference(
        "active", "deleted", "What somebody deleted by itself stays so until it is restored itself."
    ),
    "lists of attributes other than run_id": Difference(
        False, True, "The original takes IN for run_id alone; it is one kind of comparison as well as another."
    ),
}
