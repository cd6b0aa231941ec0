/** How an emulator that runs already is addressed, and where its HTTP APIs are found. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiUrls, findApiUrl, isByPath } from '../../infra/local/api-url.ts';
import { connectEmulator, emulatorEndpoint } from '../../infra/local/foreign-emulator.ts';
import { freePort } from '../../infra/local/process.ts';

/** Answers `/health` well below `served`, 404 elsewhere. */
let served = '';
const asked: string[] = [];
const server = createServer(({ url = '' }, response) => {
  asked.push(url);
  response.statusCode = served !== '' && url === `${served}/health` ? 200 : 404;
  response.end(JSON.stringify({ status: response.statusCode === 200 ? 'healthy' : 'unknown' }));
});
let endpoint = '';
let folder = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'assay-endpoint-'));
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the API of a stack', () => {
  it.each([
    '/_aws/execute-api/abc123/%24default',
    '/_aws/execute-api/abc123',
    '/restapis/abc123/%24default/_user_request_',
  ])('is found where the emulator serves it: %s', async (path) => {
    served = path;

    const url = await findApiUrl(endpoint, 'abc123');

    expect(url).toBe(`${endpoint}${path}`);
    expect(isByPath(url)).toBe(true);
  });

  it('may have a host name of its own, with LocalStack’s for an endpoint that is a number', () => {
    const byHost = 'http://abc123.execute-api.localhost.localstack.cloud:4566';

    expect(apiUrls('http://127.0.0.1:4566', 'abc123').at(-1)).toBe(byHost);
    expect(apiUrls('http://localhost.localstack.cloud:4566', 'abc123').at(-1)).toBe(byHost);
    expect(apiUrls('http://aws.test:4566', 'abc123').at(-1)).toBe(
      'http://abc123.execute-api.aws.test:4566',
    );
    expect(isByPath(byHost)).toBe(false);
  });

  it('is said to answer nowhere, with each address that was tried', async () => {
    served = '';

    const search = findApiUrl(endpoint, 'abc123', { timeoutMs: 0 });

    await expect(search).rejects.toThrow(
      /answers nowhere:\n.*%24default\/health: answered 404\n[\s\S]*_user_request_\/health: answered 404\n.*localstack\.cloud:\d+\/health: /,
    );
  });
});

describe('an emulator that runs already', () => {
  it('is told to clients by the usual names, with test credentials and no more of the shell', async () => {
    vi.stubEnv('AWS_PROFILE', 'production');
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_REGION', 'eu-central-1');

    const { env, account, region } = await connectEmulator(endpoint, { folder });

    expect(env).toMatchObject({
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-central-1',
    });
    expect(env).not.toHaveProperty('AWS_PROFILE');
    expect({ account, region }).toEqual({ account: '000000000000', region: 'eu-central-1' });
  });

  it('gets the shell’s keys, of which twelve digits are an account', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '123456789012');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');

    const { env, account } = await connectEmulator(endpoint, { folder });

    expect(env.AWS_ACCESS_KEY_ID).toBe('123456789012');
    expect(account).toBe('123456789012');
  });

  it('is not AWS, and not anything else', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;

    expect(() => emulatorEndpoint('http://sqs.us-east-1.amazonaws.com')).toThrow('is AWS itself');
    expect(() => emulatorEndpoint('4566')).toThrow('is not the http:// address of an emulator');
    expect(() => emulatorEndpoint('https://127.0.0.1')).toThrow('is not the http:// address');
    expect(emulatorEndpoint('http://localhost:4566/').origin).toBe('http://127.0.0.1:4566');
    await expect(connectEmulator(nobody, { folder })).rejects.toThrow('Nothing answers at');
  });
});
