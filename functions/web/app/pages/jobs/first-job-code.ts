/** Code for Dioptra's own client that submits a job here. */
export const firstJobCode = (origin: string): string =>
  `# pip install dioptra-platform
from dioptra.client import connect_json_dioptra_client

client = connect_json_dioptra_client(address="${origin}")
client.auth.login(username="YOUR_NAME", password="YOUR_PASSWORD")
job = client.experiments.jobs.create(
    experiment_id=EXPERIMENT, description="my first job",
    queue_id=QUEUE, entrypoint_id=ENTRYPOINT, values={}, timeout="1h",
)
print(job["id"], job["status"])
`;
