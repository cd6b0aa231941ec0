/** What schemathesis, from PyPI, makes of the OpenAPI document of PostHog's API. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { newPerson, schemathesis } from './schemathesis.ts';

const isFull = process.env.FULL === '1';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const documentUrl = (): string => `${server.url}/api/schema`;

/** After these, other calls would be about less: of another token, of flags that others must let pass. */
const ENDING = ['resetProjectToken', 'setApprovalPolicy'];
/** A made-up token of a project is of none. */
const ACCEPTED = ['2xx', 400, 401, 404, 409];

const accepted = (statuses: readonly (string | number)[]): string =>
  `checks.positive_data_acceptance.expected-statuses = ${JSON.stringify(statuses)}`;

/** Made-up projects are of others: all calls are about one that is there, with something of each kind in it. */
async function newProject(headers: Readonly<Record<string, string>>) {
  const post = async (path: string, body: object = {}): Promise<Json> => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(server.url + path, init);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const { id } = await post('/api/v1/groups', { name: 'cases' });
  const at = (path: string) => `/api/projects/${id}/${path}`;
  const found = await fetch(server.url + at(''), { headers });
  await post(at('feature_flags'), { key: 'alone', is_remote_configuration: true });
  await post(at('experiment_holdouts'), { name: 'few', filters: [{ rollout_percentage: 5 }] });
  const source = { kind: 'EventsNode', event: 'paid' };
  const query = { kind: 'ExperimentMetric', metric_type: 'mean', source };
  await post(at('experiment_saved_metrics'), { name: 'paid', query });
  const fields = { allow_unknown_events: true, metrics: [query] };
  for (const name of ['first', 'second', 'third']) {
    await post(at('experiments'), { name, feature_flag_key: name, ...fields });
  }
  await post(at('experiments/1/launch'));
  return { id, token: ((await found.json()) as Json).api_token };
}

/** What stands in the places that name the project. */
const parameters = ({ id, token }: { readonly id: number; readonly token: string }): string =>
  [
    '[parameters]',
    `"path.project" = ${JSON.stringify(String(id))}`,
    `"path.token" = ${JSON.stringify(token)}`,
    `"query.token" = ${JSON.stringify(token)}`,
  ].join('\n');

describe('generated calls', () => {
  it('of a signed-in user are answered as the document says', { timeout: 1_800_000 }, async () => {
    // A person, who may call as often as they like: keys may not.
    const { headers, settings } = await newPerson(server.url);
    const project = parameters(await newProject(headers));
    const config = [accepted(ACCEPTED), project, settings].join('\n');
    const { code, printed, cases } = await schemathesis(documentUrl(), config, [
      ...(isFull ? ['--max-examples', '30'] : ['--max-examples', '8', '--phases', 'fuzzing']),
      ...ENDING.flatMap((id) => ['--exclude-operation-id', id]),
    ]);
    console.log(`schemathesis: ${cases} cases as a user`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(isFull ? 2_000 : 400);
  });

  it('of nobody are refused wherever the document says so', { timeout: 300_000 }, async () => {
    const { code, printed, cases } = await schemathesis(
      documentUrl(),
      accepted([...ACCEPTED, 403]),
      ['--max-examples', '1', '--phases', 'fuzzing'],
    );

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(70);
  });
});
