/**
 * `npm run serve:test -- --port N [--jobs] [--ui]`: the whole API in one process, in memory, for tests.
 * `POST /__reset` empties it, `GET /__counters` shows what it used (`?reset=1` starts anew). Jobs
 * stay queued unless `--jobs` runs them, too; `--ui` builds and shows the dashboard.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { embeddedPlatform } from '../../functions/embedded/context.ts';
import { inProcess } from '../../functions/entry/background.ts';
import { type LocalServer, startLocalServer } from '../../functions/entry/local-server.ts';
import { localWarehouse } from '../../functions/entry/local-warehouse.ts';
import type { Logger, Settings } from '../../functions/kernel/context.ts';
import { type Meter, meterPorts } from '../../functions/kernel/meter.ts';
import { currentWeb } from '../web/current-web.ts';
import { portOf } from './options.ts';
import { ensureJobPython } from './sample/python.ts';
import { startTestJobs } from './test-jobs.ts';

const LOG: Logger = {
  info: () => undefined,
  error: (event, fields) => console.error(JSON.stringify({ event, ...fields })),
};

/** A page in a browser must not be able to empty the server. */
const isOfBrowser = ({ headers }: Request): boolean =>
  headers.has('origin') || headers.has('sec-fetch-site');

/** Hashes as cheap as possible: here every password is a test's. */
const SETTINGS: Settings = {
  registration: 'open',
  pools: [{ name: 'default', kind: 'managed' }],
  passwordLogN: 10,
  version: 'test',
};

type Routes = Map<string, (request: Request) => Response | Promise<Response>>;

interface Options {
  readonly port: number;
  readonly folder: string;
  /** It runs the jobs; without it they stay queued. */
  readonly python: string | undefined;
  /** Folder of the dashboard. */
  readonly ui: string | undefined;
}

async function start({ port, folder, python, ui }: Options): Promise<LocalServer> {
  let url = '';
  const secret = randomBytes(32).toString('base64url');
  const baseUrl = () => url;
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl,
    secret,
    settings: SETTINGS,
    background: inProcess,
    warehouse: (blobs) => localWarehouse(blobs, folder),
    log: LOG,
  });
  const { meter, ...ports } = meterPorts(platform);
  const extraRoutes: Routes = new Map([['GET /__counters', counters(meter)]]);
  const apiPlatform = { ...platform, ...ports };
  const server = await startLocalServer({ platform, apiPlatform, port, extraRoutes, ui });
  url = server.url;
  const startJobs = async () =>
    python === undefined ? undefined : startTestJobs({ platform, url, folder, python });
  let jobs = await startJobs();
  extraRoutes.set('POST /__reset', async (request) => {
    if (isOfBrowser(request))
      return Response.json({ message: 'Not for browsers.' }, { status: 403 });
    await jobs?.stop();
    // Else it would write what belongs to the state before.
    await server.settled();
    await platform.reset();
    jobs = await startJobs();
    meter.reset();
    return new Response(null, { status: 204 });
  });
  const close = async () => {
    await jobs?.stop();
    await server.close();
    platform.close();
  };
  return { ...server, close };
}

const counters = (meter: Meter) => (request: Request) => {
  const usage = meter.snapshot();
  if (new URL(request.url).searchParams.get('reset') === '1') meter.reset();
  return Response.json(usage);
};

/** What to tell whoever started it. */
const explained = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'The port is taken; choose another with --port.' : message;
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8790' },
      jobs: { type: 'boolean', default: false },
      ui: { type: 'boolean', default: false },
    },
  });
  const stopped = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  const port = portOf(values.port, 0);
  const folder = await mkdtemp(join(tmpdir(), 'assay-test-'));
  try {
    const python = values.jobs ? await ensureJobPython() : undefined;
    const ui = values.ui ? await currentWeb() : undefined;
    const server = await start({ port, folder, python, ui });
    console.log(server.url);
    await stopped;
    await server.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main().catch((error: unknown) => {
  console.error(explained(error));
  process.exitCode = 1;
});
