/** `npm run worker`: runs the jobs of an external pool on this machine, over HTTPS alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { readOptions } from './options.ts';
import { localFolder, projectRoot, stopGroup } from './process.ts';
import { ensureJobPython } from './sample/python.ts';
import { exitCodeOf, listenForStop } from './stop.ts';
import { checkPlace, checkPython, type Place, safeUrl, TOKEN_HELP } from './worker-check.ts';
import { jobLines } from './worker-lines.ts';

const USAGE =
  'npm run worker -- --url https://… --pool NAME [--concurrency N] [--python PATH] [--folder PATH]\n' +
  'The token of the pool is read from ASSAY_WORKER_TOKEN (or --token, which other users of the\n' +
  'machine can see while it runs).';
const DRAIN_SECONDS = 90;

const stop = listenForStop();

function say(what: string): void {
  process.stdout.write(`[${new Date().toTimeString().slice(0, 8)}] ${what}\n`);
}

interface Arguments extends Place {
  readonly concurrency: number;
  readonly python: string | undefined;
  readonly folder: string;
}

function readArguments(): Arguments {
  const options = readOptions(USAGE, {
    url: { type: 'string' },
    token: { type: 'string' },
    pool: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
    python: { type: 'string' },
    folder: { type: 'string', default: join(localFolder, 'worker') },
  });
  const { url, pool, token = process.env.ASSAY_WORKER_TOKEN ?? '', ...values } = options;
  if (url === undefined || pool === undefined) throw new Error(USAGE);
  if (token === '') throw new Error(`ASSAY_WORKER_TOKEN is empty. ${TOKEN_HELP}`);
  const concurrency = Number(values.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64) {
    throw new Error(`--concurrency ${values.concurrency} is not a number from 1 to 64.`);
  }
  const { python } = values;
  const folder = resolve(values.folder);
  return { url: safeUrl('--url', url), token: token.trim(), pool, concurrency, python, folder };
}

/** Starts the worker's own entry with what it needs and nothing else of this process's environment. */
function startWorker(args: Arguments, python: string): ChildProcess {
  return spawn(process.execPath, [join(projectRoot, 'infra/local/worker-process.ts')], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      HOME: args.folder,
      API_URL: args.url,
      WORKER_TOKEN: args.token,
      POOL: args.pool,
      WAKE: 'poll',
      WORK_DIR: join(args.folder, 'work'),
      PYTHON: python,
      CONCURRENCY: String(args.concurrency),
      DRAIN_SECONDS: String(DRAIN_SECONDS),
    },
    // Ctrl-C in a terminal reaches us first, and we stop it in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Tells people what the worker does; its own words are kept in the log. */
async function follow(worker: ChildProcess, log: WriteStream): Promise<void> {
  const linesOf = jobLines();
  if (worker.stdout === null) return;
  for await (const line of createInterface({ input: worker.stdout })) {
    log.write(`${line}\n`);
    for (const text of linesOf(line)) say(text);
  }
}

/** Works until it is asked to stop; whether it was. */
async function work(args: Arguments, python: string): Promise<boolean> {
  const logFile = join(args.folder, 'worker.log');
  const log = createWriteStream(logFile, { flags: 'a' });
  const worker = startWorker(args, python);
  const ended = once(worker, 'close');
  const following = follow(worker, log);
  say(`jobs of the pool "${args.pool}" at ${args.url} run here, ${args.concurrency} at a time`);
  say('with the rights of your own user: run only code that you trust');
  say(`Ctrl-C gives back what runs and ends; the log is ${logFile}`);
  await Promise.race([stop.asked, ended]);
  const asked = stop.signal.aborted;
  if (asked) say('stopping');
  await stopGroup(worker, (DRAIN_SECONDS + 10) * 1000, stop.hurry);
  await following;
  log.end();
  return asked;
}

async function main(): Promise<number> {
  const args = readArguments();
  mkdirSync(args.folder, { recursive: true, mode: 0o700 });
  await checkPlace(args);
  const onInstall = () => say('installing the Python packages of jobs (once)');
  const python =
    args.python === undefined
      ? await ensureJobPython({ onInstall, signal: stop.signal })
      : await checkPython(args.python, stop.signal);
  stop.signal.throwIfAborted();
  // Whatever is written below the folder is for its owner only; the packages above are not.
  process.umask(0o077);
  if (await work(args, python)) return 0;
  throw new Error('The worker ended by itself; see above.');
}

process.exitCode = await exitCodeOf(main, stop);
