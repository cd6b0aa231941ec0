/** `npm run import -- mlflow URL --to URL`: takes everything of an MLflow server over into Assay. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { assayToken, TOKEN_HELP } from '../local/assay-token.ts';
import { withLock } from '../local/lock.ts';
import { localFolder } from '../local/process.ts';
import { exitCodeOf, listenForStop } from '../local/stop.ts';
import { safeUrl } from '../local/worker-check.ts';
import { COUNTED, type Counts } from './counts.ts';
import type { Import } from './import.ts';
import { openJournal } from './journal.ts';
import { startProgress } from './progress.ts';
import { openServer, requireMlflow } from './server.ts';
import { importAll } from './steps.ts';
import { countBoth } from './verify.ts';

const USAGE = `npm run import -- mlflow URL --to URL [options]
  --to URL             Assay; its token is read from ASSAY_TOKEN
  --workspace NAME     the group that gets everything; by default the first that you may write to
  --at-once N          calls at the same time (8)
  --state FILE         what was done; by default in .local/import
The server at URL is asked with MLFLOW_TRACKING_TOKEN, or with MLFLOW_TRACKING_USERNAME and
MLFLOW_TRACKING_PASSWORD, where they are set. Started again it goes on where it was stopped.`;

const SOURCE_HELP =
  'Give MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.';
const MB = 1024 ** 2;
const MOST_AT_ONCE = 64;

const stop = listenForStop();

function say(what: string): void {
  process.stdout.write(`[${new Date().toTimeString().slice(0, 8)}] ${what}\n`);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      workspace: { type: 'string', default: '' },
      'at-once': { type: 'string', default: '8' },
      state: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [what, url, ...rest] = positionals;
  const { to, workspace } = values;
  if (values.help) return undefined;
  if (what !== 'mlflow' || url === undefined || to === undefined || rest.length > 0)
    throw new Error(USAGE);
  const atOnce = Number(values['at-once']);
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > MOST_AT_ONCE) {
    throw new Error(`--at-once ${values['at-once']} is not a number from 1 to ${MOST_AT_ONCE}.`);
  }
  const from = sourceUrl(url);
  const target = safeUrl('--to', to);
  const heading = { from: from.url, to: target, workspace };
  const name = createHash('sha256').update(JSON.stringify(heading)).digest('hex').slice(0, 16);
  const state = values.state ?? join(localFolder, 'import', `${name}.jsonl`);
  return { from, to: target, workspace, atOnce, heading, state };
}

/** MLflow's servers often have no TLS; credentials in the URL go into the header, and nowhere else. */
function sourceUrl(text: string): { readonly url: string; readonly authorization: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Error(`${text} is not a URL of a server.\n${USAGE}`);
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME,
    MLFLOW_TRACKING_PASSWORD,
  } = process.env;
  const username = decodeURIComponent(url.username) || MLFLOW_TRACKING_USERNAME;
  const password = decodeURIComponent(url.password) || MLFLOW_TRACKING_PASSWORD;
  const basic =
    username === undefined
      ? ''
      : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    authorization: token ? `Bearer ${token}` : basic,
  };
}

type Arguments = NonNullable<ReturnType<typeof readArguments>>;

function serversOf({ from, to, workspace }: Arguments) {
  const token = assayToken();
  const { signal } = stop;
  return {
    from: openServer({
      name: 'The MLflow server',
      url: from.url,
      headers: from.authorization === '' ? {} : { authorization: from.authorization },
      signal,
    }),
    to: openServer({
      name: 'Assay',
      url: to,
      headers: {
        authorization: `Bearer ${token}`,
        ...(workspace === '' ? {} : { 'x-mlflow-workspace': workspace }),
      },
      signal,
    }),
  };
}

/** Prints what is there and here; whether it is the same. */
function compare(there: Required<Counts>, here: Required<Counts>): boolean {
  const shown = (count: number) => count.toLocaleString('en-US').padStart(16);
  say(`${''.padEnd(20)}${'MLflow'.padStart(16)}${'Assay'.padStart(16)}`);
  for (const what of COUNTED) {
    const differs = there[what] === here[what] ? '' : '  DIFFERS';
    say(`${what.padEnd(20)}${shown(there[what])}${shown(here[what])}${differs}`);
  }
  return COUNTED.every((what) => there[what] === here[what]);
}

async function run(args: Arguments): Promise<number> {
  const servers = serversOf(args);
  await requireMlflow(servers.from, SOURCE_HELP);
  await requireMlflow(servers.to, TOKEN_HELP);
  const journal = openJournal(args.state, args.heading);
  const progress = startProgress(say);
  const parts = { above: 1024 * MB, bytes: 256 * MB };
  const job: Import = { ...servers, journal, progress, atOnce: args.atOnce, parts, problems: [] };
  say(`importing ${args.from.url} into ${args.to}; what was done is kept in ${args.state}`);
  try {
    await importAll(job);
    progress.stage('counting what is here');
    const { there, here } = await countBoth(job);
    const same = compare(there, here);
    for (const problem of job.problems) say(`not as it was: ${problem}`);
    if (same && job.problems.length === 0) say('everything is here');
    return same && job.problems.length === 0 ? 0 : 1;
  } finally {
    progress.stop();
  }
}

async function main(): Promise<number> {
  const args = readArguments();
  if (args === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  return withLock(`${args.state}.lock`, () => run(args));
}

process.exitCode = await exitCodeOf(main, stop);
