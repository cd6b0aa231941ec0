/**
 * How people run one job of an external pool by Dioptra's own worker function. `JOB` and
 * `EXPERIMENT` are numbers, the account is a member of the job's group. MLflow's client asks for
 * the endpoint of S3 and does not use it.
 */
export const snippet = `
export DIOPTRA_API=$ASSAY_URL MLFLOW_TRACKING_URI=$ASSAY_URL
export DIOPTRA_WORKER_USERNAME=gpu-worker MLFLOW_TRACKING_USERNAME=gpu-worker
export DIOPTRA_WORKER_PASSWORD=$ASSAY_PASSWORD MLFLOW_TRACKING_PASSWORD=$ASSAY_PASSWORD
export MLFLOW_EXPERIMENT_ID=$EXPERIMENT MLFLOW_S3_ENDPOINT_URL=unused
export MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4194304
python - $JOB $EXPERIMENT <<'END'
import sys
from dioptra.rq.tasks import run_v1_dioptra_job
from dioptra.sdk.utilities import logging

logging.configure_structlog_for_worker()
logging.attach_stdout_stream_handler(as_json=False)
logging.set_logging_level("INFO")
run_v1_dioptra_job(int(sys.argv[1]), int(sys.argv[2]))
END
`;
