/** What schemathesis, from PyPI, makes of the OpenAPI document of MLflow's API (P33). */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { newToken, schemathesis } from './schemathesis.ts';

const isFull = process.env.FULL === '1';

/** MLflow has 400 for what no schema can say: filters, orders, page tokens, names, states, sources. */
const config = (...more: readonly number[]): string => {
  const statuses = ['2xx', '3xx', 400, 404, 409, ...more];
  return `checks.positive_data_acceptance.expected-statuses = ${JSON.stringify(statuses)}`;
};
/** It says by 501 that spans come as files here. */
const DELIBERATE = [
  ...['--exclude-operation-id', 'exportSpans'],
  // A method that an address does not have is 404 to MLflow's clients, as any other address.
  ...['--exclude-checks', 'unsupported_method'],
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const documentUrl = (): string => `${server.url}/api/2.0/mlflow/openapi.json`;

describe('generated calls', () => {
  it('of a signed-in user are answered as the document says', { timeout: 1_800_000 }, async () => {
    const settings = `${config()}\n${await newToken(server.url)}`;
    const { code, printed, cases } = await schemathesis(documentUrl(), settings, [
      ...(isFull ? ['--max-examples', '60'] : ['--max-examples', '8', '--phases', 'fuzzing']),
      ...DELIBERATE,
    ]);
    console.log(`schemathesis: ${cases} cases as a user`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(isFull ? 2_000 : 800);
  });

  it('of nobody are refused wherever the document says so', { timeout: 300_000 }, async () => {
    const { code, printed, cases } = await schemathesis(documentUrl(), config(401, 403), [
      ...['--max-examples', '1', '--phases', 'fuzzing'],
      ...DELIBERATE,
    ]);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(80);
  });
});
