/** Code for clients that people have already, with the address of this deployment. */

export const trackingCode = (origin: string, group: number): string =>
  `# pip install mlflow
import os
os.environ["MLFLOW_TRACKING_URI"] = "${origin}"
os.environ["MLFLOW_TRACKING_USERNAME"] = "YOUR_NAME"
os.environ["MLFLOW_TRACKING_PASSWORD"] = "YOUR_PASSWORD"  # or a token
os.environ["MLFLOW_WORKSPACE"] = "${group}"

import mlflow
mlflow.set_experiment("first experiment")
with mlflow.start_run():
    mlflow.log_param("rate", 0.01)
    mlflow.log_metric("loss", 0.42)
`;

export const jobCode = (origin: string, group: number): string =>
  `# pip install dioptra-platform
from dioptra.client import connect_json_dioptra_client

client = connect_json_dioptra_client(address="${origin}")
client.auth.login(username="YOUR_NAME", password="YOUR_PASSWORD")
queue = client.queues.create(group_id=${group}, name="default")
experiment = client.experiments.create(group_id=${group}, name="first jobs")
print(queue["id"], experiment["id"])
`;

export const abTestCode = (origin: string, token: string): string =>
  `# pip install posthog
from posthog import Posthog

posthog = Posthog("${token}", host="${origin}")
if posthog.get_feature_flag("new-button", "visitor-1") == "test":
    print("the new one")
posthog.capture("bought", distinct_id="visitor-1")
`;
