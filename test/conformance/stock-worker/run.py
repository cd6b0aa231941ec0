"""Dioptra's own worker function, unmodified: runs the job of each line of standard input."""

import json
import sys

from dioptra.rq.tasks import run_v1_dioptra_job
from dioptra.sdk.utilities import logging

# As the command of Dioptra's worker does.
logging.configure_structlog_for_worker()
logging.set_logging_level("INFO")

for line in sys.stdin:
    job_id, experiment_id = json.loads(line)
    try:
        run_v1_dioptra_job(job_id, experiment_id)
        end = None
    except BaseException as error:  # It ends by SystemExit, too.
        end = f"{type(error).__name__}: {error}"
    print(json.dumps({"end": end}), flush=True)
