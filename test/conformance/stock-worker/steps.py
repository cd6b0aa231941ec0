"""What the jobs of the test do; the metrics go to the server by Dioptra's own client."""

import os

import structlog

from dioptra import pyplugs
from dioptra.client import connect_json_dioptra_client

LOGGER = structlog.get_logger()


def tell(name: str, value: float) -> None:
    client = connect_json_dioptra_client()
    client.auth.login(
        os.environ["DIOPTRA_WORKER_USERNAME"], os.environ["DIOPTRA_WORKER_PASSWORD"]
    )
    client.jobs.append_metric_by_id(os.environ["__JOB_ID"], name, value)


@pyplugs.register
def make(rows):
    LOGGER.info("making rows", rows=rows)
    tell("rows", rows)
    return "".join(f"row {number}\n" for number in range(rows))


@pyplugs.register
def shout(rows):
    return "".join(f"ROW {number}\n" for number in range(rows))


@pyplugs.register
def use(text, texts):
    if [text] * len(texts) != texts:
        raise ValueError("The folder holds something else than the file.")
    tell("characters", len(text))
    return text.upper()


@pyplugs.register
def fail(rows):
    raise RuntimeError(f"no luck with {rows} rows")
