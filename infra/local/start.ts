/** `npm start`: everything on this machine, and the sample job run through it before your eyes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { jsonLog } from '../../functions/entry/json-log.ts';
import { type Local, startLocal } from '../../functions/entry/local.ts';
import { isFree, localFolder, projectRoot, stopGroup } from './process.ts';
import { keepCredentials, keptCredentials } from './sample/credentials.ts';
import { ensureJobPython } from './sample/python.ts';
import { runSample } from './sample/run-sample.ts';

const DEFAULT_PORT = '8787';
const WORKER_GRACE_MS = 60_000;
const USER = 'admin';

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

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: DEFAULT_PORT },
      once: { type: 'boolean', default: false },
      folder: { type: 'string', default: join(localFolder, 'embedded') },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port ${values.port} is not a port; use one from 1 to 65535.`);
  }
  return { port, once: values.once, folder: values.folder };
}

async function requirePort(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `Port ${port} is taken. Is another "npm start" running? Stop what listens there, or choose\n` +
      `another port: npm start -- --port ${port + 12}`,
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
  const log = openSync(join(args.folder, 'worker.log'), 'a');
  const worker = spawn(
    process.execPath,
    [join(projectRoot, 'functions', 'entry', 'worker.container.ts')],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env.PATH,
        HOME: args.folder,
        API_URL: local.url,
        WORKER_TOKEN: await local.createWorkerToken(),
        POOL: 'default',
        WAKE: 'embedded',
        EMBEDDED_MESSAGES: local.messagesFile,
        WORK_DIR: join(args.folder, 'work'),
        PYTHON: python,
        CONCURRENCY: '2',
      },
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  worker.once('exit', (code) => {
    if (code !== 0 && code !== null)
      say(`the worker ended (${code}); see ${args.folder}/worker.log`);
  });
  return worker;
}

/** The first user of an empty deployment; later starts find who it was. */
async function credentials(local: Local, folder: string) {
  const made = await local.createFirstUser(USER);
  if (made === undefined) return { user: await keptCredentials(folder), isFirstStart: false };
  const user = { username: USER, password: made.password };
  await keepCredentials(folder, user);
  return { user, isFirstStart: true };
}

function describe(local: Local, args: Arguments, user: { username: string; password: string }) {
  process.stdout.write(
    [
      '',
      `  Assay                  ${local.url}`,
      `  User                   ${user.username}`,
      `  Password               ${user.password}   (made for this machine; change it after signing in)`,
      `  Dioptra's client       connect_json_dioptra_client(address="${local.url}")`,
      `  MLflow's clients       MLFLOW_TRACKING_URI=${local.url}`,
      `  Data and logs          ${args.folder}`,
      '',
      '  Jobs run with the rights of your own user here: run only code that you trust.',
      '',
    ].join('\n'),
  );
}

async function main(): Promise<number> {
  const args = readArguments();
  await requirePort(args.port);
  mkdirSync(args.folder, { recursive: true, mode: 0o700 });
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => once(process, name)));
  const python = await ensureJobPython(() =>
    say("installing the Python packages of jobs (Dioptra's engine, scikit-learn; once)"),
  );
  const local = await startServer(args);
  say(`the server answers at ${local.url}`);
  const worker = await startWorker(local, args, python);
  try {
    const { user, isFirstStart } = await credentials(local, args.folder);
    const show = !isFirstStart && !args.once;
    const sample = runSample({ url: local.url, python, user, folder: args.folder, say, show });
    const ok = await Promise.race([sample.done, stopped.then(() => undefined)]);
    if (ok === undefined) {
      sample.stop();
      return 130;
    }
    describe(local, args, user);
    if (args.once) return ok ? 0 : 1;
    say(
      ok
        ? 'ready; Ctrl-C stops everything and keeps the data'
        : 'the sample failed; the server stays up, Ctrl-C stops it',
    );
    await stopped;
    return 0;
  } finally {
    say('stopping');
    await stopGroup(worker, WORKER_GRACE_MS);
    await local.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
