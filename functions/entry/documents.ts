/** What an API is called in addresses and for people, and where its OpenAPI document is. */
export interface ApiDocument {
  readonly name: string;
  readonly title: string;
  readonly path: string;
}

/** The documents of all dialects, each a line: the page /docs, `GET /` and the tests go by it. */
export const documents: readonly [ApiDocument, ...ApiDocument[]] = [
  { name: 'v1', title: 'Dioptra v1', path: '/api/v1/openapi.json' },
  { name: 'testbed', title: 'Dioptra Testbed', path: '/api/openapi.json' },
  { name: 'mlflow', title: 'MLflow', path: '/api/2.0/mlflow/openapi.json' },
  { name: 'oracle', title: 'Oracle MLOps', path: '/20260430/openapi.json' },
  { name: 'posthog', title: 'PostHog', path: '/api/schema' },
  { name: 'worker', title: 'Worker protocol', path: '/api/worker/v1/openapi.json' },
];
