/** `npm start`: everything on this machine, and the sample job run through it before your eyes. */
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import type * as z from 'zod';
import { Registration } from '../../functions/entry/env.ts';
import { jsonLog } from '../../functions/entry/json-log.ts';
import { type Local, startLocal } from '../../functions/entry/local.ts';
import { currentWeb } from '../web/current-web.ts';
import { spawnWorker, workerDeath } from './local-worker.ts';
import { portOf, readOptions } from './options.ts';
import { isFree, localFolder, stopGroup } from './process.ts';
import { describeUser, type FirstUser, firstUser } from './sample/credentials.ts';
import { ensureJobPython } from './sample/python.ts';
import { runSample } from './sample/run-sample.ts';
import { exitCodeOf, listenForStop, STOPPED_EARLY } from './stop.ts';

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
  /** Pools whose workers are started elsewhere, by `npm run worker`. */
  readonly external: readonly string[];
  /** Whose git repositories may be imported. */
  readonly gitHosts: readonly string[];
  readonly registration: z.infer<typeof Registration>;
}

const USAGE =
  'Options: --port NUMBER, --once (ends after the jobs), --folder PATH (keeps the data),\n' +
  '--external NAME (jobs of the queue NAME wait for `npm run worker`; may be repeated),\n' +
  '--git-host HOST (its public git repositories may be imported; may be repeated),\n' +
  '--registration open | invite | closed (who may make an account; invite).';

function readArguments(): Arguments {
  const values = readOptions(USAGE, {
    port: { type: 'string', default: DEFAULT_PORT },
    once: { type: 'boolean', default: false },
    folder: { type: 'string', default: join(localFolder, 'embedded') },
    external: { type: 'string', multiple: true, default: [] },
    'git-host': { type: 'string', multiple: true, default: [] },
    registration: { type: 'string', default: 'invite' },
  });
  const port = portOf(values.port);
  const external = [...new Set(values.external)];
  const wrong = external.find((name) => !/^[\w.-]{1,50}$/.test(name) || name === 'default');
  if (wrong !== undefined) {
    throw new Error(
      `--external ${wrong} is no name of a pool; use letters, digits, ".", "_", "-".`,
    );
  }
  const gitHosts = [...new Set(values['git-host'].map((host) => host.toLowerCase()))];
  const noHost = gitHosts.find((host) => !/^([a-z0-9-]+\.)+[a-z]{2,63}$/.test(host));
  if (noHost !== undefined) {
    throw new Error(`--git-host ${noHost} is no name of a host; use one such as github.com.`);
  }
  const registration = Registration.options.find((each) => each === values.registration);
  if (registration === undefined) {
    throw new Error(
      `--registration ${values.registration}: use ${Registration.options.join(', ')}.`,
    );
  }
  const folder = resolve(values.folder);
  return { port, once: values.once, folder, external, gitHosts, registration };
}

async function requirePort(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `Port ${port} is taken. Is another "npm start" running? Stop what listens there, or choose\n` +
      `another port: npm start -- --port ${port < 60_000 ? port + 12 : 8799}`,
  );
}

function startServer(args: Arguments, ui: string | undefined): Promise<Local> {
  const lines = createWriteStream(join(args.folder, 'server.log'), { flags: 'a' });
  const log = jsonLog((line) => void lines.write(`${line}\n`));
  return startLocal({
    folder: args.folder,
    port: args.port,
    // Whoever else can reach this port must not run code here.
    registration: args.registration,
    gitHosts: args.gitHosts,
    pools: [
      { name: 'default', kind: 'managed' },
      ...args.external.map((name) => ({ name, kind: 'external' }) as const),
    ],
    log,
    ui,
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

/** How to start a worker of each external pool; its token is in a file that only its owner can read. */
async function describeExternal(local: Local, { external, folder }: Arguments): Promise<string[]> {
  const lines = external.map(async (pool) => {
    const file = join(folder, `worker-token-${pool}`);
    writeFileSync(file, await local.createWorkerToken(pool), { mode: 0o600 });
    return [
      `  Worker of "${pool}", in another terminal:`,
      `    ASSAY_WORKER_TOKEN="$(cat '${file}')" npm run worker -- --url ${local.url} --pool ${pool}`,
      '',
    ];
  });
  return (await Promise.all(lines)).flat();
}

async function describe(local: Local, args: Arguments, user: FirstUser): Promise<void> {
  const { folder } = args;
  process.stdout.write(
    [
      '',
      ...(local.ui === undefined ? [] : [`  Dashboard              ${local.ui}`]),
      `  Assay                  ${local.url}`,
      ...describeUser(folder, user),
      `  Dioptra's client       connect_json_dioptra_client(address="${local.url}")`,
      `  MLflow's clients       MLFLOW_TRACKING_URI=${local.url}`,
      `  PostHog's SDKs         host ${local.url}; tokens as the README says`,
      `  Data and logs          ${folder}`,
      '',
      '  Jobs run with the rights of your own user here: run only code that you trust.',
      '',
      ...(await describeExternal(local, args)),
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
  await describe(local, args, user);
  if (args.once) return ok ? 0 : 1;
  if (ok) say('ready; Ctrl-C stops everything and keeps the data');
  else say(`${show ? 'the earlier data could not be shown' : 'the sample failed'}; see above`);
  await stop.asked;
  return 0;
}

async function main(): Promise<number> {
  const args = readArguments();
  await requirePort(args.port);
  mkdirSync(args.folder, { recursive: true, mode: 0o700 });
  const python = await ensureJobPython({
    onInstall: () =>
      say("installing the Python packages of jobs (Dioptra's engine, scikit-learn; once)"),
    signal: stop.signal,
  });
  const ui = await currentWeb(() => say('building the dashboard (once)'));
  // Whatever is written below the folder is for its owner only, also where the folder was there before. Packages
  // are not: a job that runs as another user reads them.
  process.umask(0o077);
  const local = await startServer(args, ui);
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

process.exitCode = await exitCodeOf(main, stop);
