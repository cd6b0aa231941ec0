/**
 * `npm run serve:test -- --port N`: the whole API in one process, in memory, for tests.
 * `POST /__reset` empties it, `GET /__counters` shows what it used (`?reset=1` starts anew).
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { embeddedPlatform } from '../../functions/embedded/context.ts';
import { type LocalServer, startLocalServer } from '../../functions/entry/local-server.ts';
import type { Logger } from '../../functions/kernel/context.ts';
import { meterPorts } from '../../functions/kernel/meter.ts';
import { freePort, isFree } from './process.ts';

const LOG: Logger = {
  info: () => undefined,
  error: (event, fields) => console.error(JSON.stringify({ event, ...fields })),
};

/** A page in a browser must not be able to empty the server. */
const refusal = (request: Request): Response | undefined =>
  request.headers.has('origin') || request.headers.has('sec-fetch-site')
    ? Response.json({ message: 'Not for browsers.' }, { status: 403 })
    : undefined;

async function start(port: number, folder: string): Promise<LocalServer> {
  const baseUrl = `http://127.0.0.1:${port}`;
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl,
    secret: randomBytes(32).toString('base64url'),
    // Hashes as cheap as possible: here every password is a test's.
    settings: {
      registration: 'open',
      pools: [{ name: 'default', kind: 'managed' }],
      passwordLogN: 10,
      version: 'test',
    },
    log: LOG,
  });
  const { meter, ...ports } = meterPorts(platform);
  const reset = async (request: Request): Promise<Response> => {
    const refused = refusal(request);
    if (refused !== undefined) return refused;
    // Else it would write what belongs to the state before.
    await server.settled();
    await platform.reset();
    meter.reset();
    return new Response(null, { status: 204 });
  };
  const counters = (request: Request): Response => {
    const usage = meter.snapshot();
    if (new URL(request.url).searchParams.get('reset') === '1') meter.reset();
    return Response.json(usage);
  };
  const server = await startLocalServer({
    platform,
    apiPlatform: { ...platform, ...ports },
    port,
    extraRoutes: new Map<string, (request: Request) => Response | Promise<Response>>([
      ['POST /__reset', reset],
      ['GET /__counters', counters],
    ]),
  });
  return {
    ...server,
    async close() {
      await server.close();
      platform.close();
    },
  };
}

async function portOf(text: string): Promise<number> {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${text} is not a port.`);
  }
  if (port === 0) return freePort();
  if (!(await isFree(port))) throw new Error(`Port ${port} is taken; choose another with --port.`);
  return port;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8790' } } });
  const stopped = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  const port = await portOf(values.port);
  const folder = await mkdtemp(join(tmpdir(), 'assay-test-'));
  try {
    const server = await start(port, folder);
    console.log(server.url);
    await stopped;
    await server.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
