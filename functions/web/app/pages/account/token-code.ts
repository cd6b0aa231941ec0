/** How a credential is used, by client, with the address of this deployment. */
export interface Usage {
  readonly client: string;
  readonly note: string;
  readonly code: string;
}

const curl = (origin: string, token: string): Usage => ({
  client: 'curl',
  note: 'Any call of any API; the page of all calls is at /docs.',
  code: `export U=${origin} T=${token}\ncurl -H "Authorization: Bearer $T" "$U/api/v1/experiments"`,
});

const mlflow = (origin: string, token: string): Usage => ({
  client: 'MLflow',
  note: 'All of its clients, fluent and not, read these two variables.',
  code: [
    'pip install mlflow-skinny',
    `export MLFLOW_TRACKING_URI=${origin} MLFLOW_TRACKING_TOKEN=${token}`,
    `python -c "import mlflow; print(mlflow.search_experiments())"`,
  ].join('\n'),
});

/** Dioptra's client knows no tokens: a person gives the password, a machine its token in its place. */
const dioptra = (origin: string, sign: string): Usage => ({
  client: 'Dioptra’s client',
  note: 'It signs in with a name and a password; the token of a service account is its password.',
  code: [
    'from dioptra.client import connect_json_dioptra_client',
    '',
    `client = connect_json_dioptra_client(address="${origin}")`,
    sign,
    'print(client.experiments.get())',
  ].join('\n'),
});

/** A name as a text of Python's: JSON's are. */
const quoted = (text: string): string => JSON.stringify(text);

export const personalUsages = (origin: string, token: string, username: string) => [
  curl(origin, token),
  mlflow(origin, token),
  dioptra(
    origin,
    `client.auth.login(username=${quoted(username)}, password="…")  # your password, no token`,
  ),
];

export const serviceUsages = (origin: string, token: string, username: string) => [
  dioptra(origin, `client.auth.login(username=${quoted(username)}, password=${quoted(token)})`),
  curl(origin, token),
  mlflow(origin, token),
];

export const posthogUsages = (origin: string, key: string): Usage[] => [
  {
    client: 'curl',
    note: 'The id and the public token (phc_…) of your newest group, for events and flags.',
    code: `export U=${origin} K=${key}\ncurl -H "Authorization: Bearer $K" "$U/api/projects/@current/"`,
  },
  {
    client: 'posthog-node',
    note: 'With the key it evaluates flags in its own process. Keep the key out of web pages.',
    code: [
      "import { PostHog } from 'posthog-node';",
      '',
      "const posthog = new PostHog('phc_…', {",
      `  host: '${origin}',`,
      `  personalApiKey: '${key}',`,
      '});',
    ].join('\n'),
  },
];

/** Starts a worker of one's own. */
export const workerUsages = (origin: string, token: string, pool: string): Usage[] => [
  {
    client: 'A worker of your own',
    note: 'In a checkout of this project, on the machine that is to run the jobs.',
    code: [
      `export ASSAY_WORKER_TOKEN=${token}`,
      `npm run worker -- --url ${origin} --pool ${/^[\w.-]+$/.test(pool) ? pool : `'${pool.replaceAll("'", String.raw`'\''`)}'`}`,
    ].join('\n'),
  },
];
