import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperatorInvitation } from '#domain/identity/index.ts';
import { answerSetup, type SetupEvent } from '#entry/setup.ts';
import { type Json, type TestApp, testApp } from '../../support/app.ts';

interface Received {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

/** Where CloudFormation waits for the answer; the first `failures` tries get a 503. */
async function responseServer(failures = 0) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString('utf8'));
    received.push({ method: request.method, headers: request.headers, body });
    response.writeHead(received.length > failures ? 200 : 503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}/answer?signature=very-secret`, received, close };
}

type Server = Awaited<ReturnType<typeof responseServer>>;
let app: TestApp;
let server: Server;
let lines: string[];
beforeEach(async () => {
  app = testApp({ registration: 'closed' });
  server = await responseServer();
  lines = [];
});
afterEach(async () => {
  await server.close();
  await app.close();
});

const event = (more: Partial<SetupEvent> = {}): SetupEvent => ({
  RequestType: 'Create',
  ResponseURL: server.url,
  StackId: 'arn:stack',
  RequestId: 'request-1',
  LogicalResourceId: 'FirstAdmin',
  ...more,
});
const say = (name: string, fields?: object) => void lines.push(JSON.stringify({ name, ...fields }));
const log = { info: say, error: say };
const invite = async () => (await createOperatorInvitation(app.system)).token;
const answer = (more: Partial<SetupEvent> = {}, inviting = invite) =>
  answerSetup(event(more), { invite: inviting, log, retryMs: 1 });

const register = (username: string, invitation?: string) =>
  app.client().post('/api/v1/users', {
    username,
    email: `${username}@assay.test`,
    password: 'a password',
    confirmPassword: 'a password',
    ...(invitation === undefined ? {} : { invitation }),
  });

describe('the resource of the first administrator', () => {
  it('answers with an invitation that makes an administrator', async () => {
    await answer();

    const [{ method, headers, body } = {} as Received] = server.received;
    expect(method).toBe('PUT');
    expect(headers['content-type']).toBe('');
    expect(body).toEqual({
      Status: 'SUCCESS',
      Data: { Token: expect.stringMatching(/^asi_[A-Za-z0-9_-]{43}$/) },
      PhysicalResourceId: 'first-administrator',
      StackId: 'arn:stack',
      RequestId: 'request-1',
      LogicalResourceId: 'FirstAdmin',
    });
    const made = await register('anna', body.Data.Token);
    const group = await app.platform.table.get({ pk: `USR#${made.body.id}`, sk: 'GRP#1' });
    expect(made.status).toBe(200);
    expect(group).toMatchObject({ flags: { admin: true, owner: true } });
    expect((await register('berta', body.Data.Token)).status).toBe(403);
  });

  it('makes another one at each change, under the id it has', async () => {
    const kept = { PhysicalResourceId: 'first-administrator' };
    await answer();
    await answer({ RequestType: 'Update', ...kept });

    const tokens = server.received.map(({ body }) => body.Data.Token);
    const ids = server.received.map(({ body }) => body.PhysicalResourceId);
    expect(new Set(tokens).size).toBe(2);
    expect(new Set(ids)).toEqual(new Set(['first-administrator']));
    for (const [at, token] of tokens.entries()) {
      expect((await register(`admin-${at}`, token)).status).toBe(200);
    }
  });

  it('is deleted without a look at the table, under any id', async () => {
    await answer({ RequestType: 'Delete', PhysicalResourceId: 'a failed one' }, () =>
      Promise.reject(new Error('the table is gone')),
    );

    expect(server.received.map(({ body }) => body)).toEqual([
      expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'a failed one' }),
    ]);
  });

  it('answers a failure, too, and tells nothing of it', async () => {
    await answer({}, () => Promise.reject(new Error('table assay-prod-data is not there')));

    const [{ body } = {} as Received] = server.received;
    expect(body).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('log') });
    expect(body).not.toHaveProperty('Data');
    expect(body.Reason).not.toContain('assay-prod-data');
    expect(lines.join('\n')).toContain('assay-prod-data');
  });

  it('sends one answer again until it gets through', async () => {
    const shaky = await responseServer(2);
    await answer({ ResponseURL: shaky.url });
    await shaky.close();

    expect(new Set(shaky.received.map(({ body }) => body.Data.Token)).size).toBe(1);
    expect(shaky.received).toHaveLength(3);
  });

  it('fails when nobody takes the answer, so that it is called again', async () => {
    const gone = await responseServer();
    await gone.close();

    await expect(answer({ ResponseURL: gone.url })).rejects.toThrow('did not get through');
  });

  it('writes neither the invitation nor the signed address to the log', async () => {
    await answer();
    const gone = await responseServer();
    await gone.close();
    const failure = await answer({ ResponseURL: gone.url }).catch(String);

    const said = [...lines, ...app.errors, failure].join('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(said).not.toMatch(/asi_|very-secret/);
  });
});
