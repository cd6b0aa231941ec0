/** `npm start`: everything on this machine, and the sample job run through it before your eyes. */
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { jsonLog } from '../../functions/entry/json-log.ts';
import { type Local, startLocal } from '../../functions/entry/local.ts';
import { spawnWorker, workerDeath } from './local-worker.ts';
import { isFree, localFolder, stopGroup } from './process.ts';
import { describeUser, type FirstUser, firstUser } from './sample/credentials.ts';
import { ensureJobPython } from './sample/python.ts';
import { runSample } from './sample/run-sample.ts';
import { listenForStop, STOPPED_EARLY } from './stop.ts';

const DEFAULT_PORT = '8787';
const WORKER_GRACE_MS = 60_000;

const stop = listenForStop();
const workerLog = (folder: string): string => join(folder, 'worker.log');

const startedAt = performance.now();
function say(what: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`[${seconds.padStart(6)} s] ${what}\n`);
}

interface Arguments {
  readonly port: number;
  readonly once: boolean;
  readonly folder: string;
}

const USAGE =
  'Options: --port NUMBER, --once (ends after the jobs), --folder PATH (keeps the data).';

function parseOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: DEFAULT_PORT },
        once: { type: 'boolean', default: false },
        folder: { type: 'string', default: join(localFolder, 'embedded') },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function readArguments(): Arguments {
  const { values } = parseOptions();
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port ${values.port} is not a port; use one from 1 to 65535.`);
  }
  return { port, once: values.once, folder: resolve(values.folder) };
}

async function requirePort(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `Port ${port} is taken. Is another "npm start" running? Stop what listens there, or choose\n` +
      `another port: npm start -- --port ${port < 60_000 ? port + 12 : 8799}`,
  );
}

function startServer(args: Arguments): Promise<Local> {
  const lines = createWriteStream(join(args.folder, 'server.log'), { flags: 'a' });
  const log = jsonLog((line) => void lines.write(`${line}\n`));
  return startLocal({
    folder: args.folder,
    port: args.port,
    registration: 'open',
    log,
    onRequest: (line) => log.info('request', { ...line }),
  });
}

async function startWorker(local: Local, args: Arguments, python: string): Promise<ChildProcess> {
  const env = {
    HOME: args.folder,
    API_URL: local.url,
    WORKER_TOKEN: await local.createWorkerToken(),
    POOL: 'default',
    WAKE: 'embedded',
    EMBEDDED_MESSAGES: local.messagesFile,
    WORK_DIR: join(args.folder, 'work'),
    PYTHON: python,
    CONCURRENCY: '2',
  };
  return spawnWorker(env, workerLog(args.folder));
}

function describe(local: Local, { folder }: Arguments, user: FirstUser): void {
  process.stdout.write(
    [
      '',
      `  Assay                  ${local.url}`,
      ...describeUser(folder, user),
      `  Dioptra's client       connect_json_dioptra_client(address="${local.url}")`,
      `  MLflow's clients       MLFLOW_TRACKING_URI=${local.url}`,
      `  Data and logs          ${folder}`,
      '',
      '  Jobs run with the rights of your own user here: run only code that you trust.',
      '',
    ].join('\n'),
  );
}

/** Shows the sample, or on a later start what is there, and stays up unless asked otherwise. */
async function serve(args: Arguments, python: string, local: Local, worker: ChildProcess) {
  const died = workerDeath(worker, workerLog(args.folder));
  void died.then(say);
  const user = await firstUser(args.folder, local.createFirstUser);
  const show = !user.isNew && !args.once;
  const sample = runSample({ url: local.url, python, user, folder: args.folder, say, show });
  const ok = await Promise.race([
    sample.done,
    stop.asked.then(() => undefined),
    died.then(() => false),
  ]);
  await sample.stop();
  if (ok === undefined) return STOPPED_EARLY;
  describe(local, args, user);
  if (args.once) return ok ? 0 : 1;
  if (ok) say('ready; Ctrl-C stops everything and keeps the data');
  else say(`${show ? 'the earlier data could not be shown' : 'the sample failed'}; see above`);
  await stop.asked;
  return 0;
}

async function main(): Promise<number> {
  const args = readArguments();
  await requirePort(args.port);
  // Whatever is written below the folder is for its owner only, also where the folder was there before.
  process.umask(0o077);
  mkdirSync(args.folder, { recursive: true, mode: 0o700 });
  const python = await ensureJobPython({
    onInstall: () =>
      say("installing the Python packages of jobs (Dioptra's engine, scikit-learn; once)"),
    signal: stop.signal,
  });
  const local = await startServer(args);
  say(`the server answers at ${local.url}`);
  let worker: ChildProcess | undefined;
  try {
    worker = await startWorker(local, args, python);
    return await serve(args, python, local, worker);
  } finally {
    say('stopping');
    if (worker !== undefined) await stopGroup(worker, WORKER_GRACE_MS, stop.hurry);
    await local.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  if (stop.signal.aborted) return STOPPED_EARLY;
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
