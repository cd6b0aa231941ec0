/** What schemathesis, from PyPI, makes of the OpenAPI document of the v1 API. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { acceptedStatuses, needless } from './openapi-refusals.ts';
import { newToken, schemathesis } from './schemathesis.ts';

const isFull = process.env.FULL === '1';
/** What would end the session of the run itself. */
const ENDING = ['logout', 'changePassword', 'revokeToken', 'deleteCurrentUser', 'changePasswordOf'];

let server: TestServer;
let operations: readonly Json[];
beforeAll(async () => {
  server = await startTestServer();
  const { paths } = (await (await fetch(documentUrl())).json()) as Json;
  operations = Object.values(paths).flatMap((item) => Object.values(item as object));
});
afterAll(async () => {
  await server.stop();
});

const documentUrl = (): string => `${server.url}/api/v1/openapi.json`;

describe('generated calls', () => {
  it('are refused for reasons that some operation has', () => {
    expect(needless(operations)).toEqual([]);
  });

  it('of a signed-in user are answered as the document says', { timeout: 1_800_000 }, async () => {
    // A credential of the run, not a header of each call: the checks leave it out, and send wrong ones.
    const token = await newToken(server.url);
    const { code, printed, cases } = await schemathesis(
      documentUrl(),
      `${acceptedStatuses(operations)}\n${token}`,
      [
        ...(isFull ? ['--max-examples', '30'] : ['--max-examples', '4', '--phases', 'fuzzing']),
        ...ENDING.flatMap((id) => ['--exclude-operation-id', id]),
      ],
    );
    console.log(`schemathesis: ${cases} cases as a user`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(isFull ? 2_000 : 500);
  });

  it('of nobody are refused wherever the document says so', { timeout: 300_000 }, async () => {
    const config = acceptedStatuses(operations, [401, 403]);
    const { code, printed, cases } = await schemathesis(documentUrl(), config, [
      ...['--max-examples', '1', '--phases', 'fuzzing'],
    ]);
    console.log(`schemathesis: ${cases} cases as nobody`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(50);
  });
});
