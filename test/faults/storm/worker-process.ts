/** A real consumer whose jobs are small shell scripts, and which the storm may kill anywhere. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { openSqs } from '#aws/sqs-client.ts';
import { openSqsMessages } from '#aws/sqs-messages.ts';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import { systemClock } from '#kernel/clock.ts';
import { workerClient } from '#worker/client.ts';
import { consume, type Wake } from '#worker/loop.ts';
import type { Runtime } from '#worker/python.ts';
import { chooseLauncher } from '#worker/sandbox/choose.ts';
import { prepareBaseDir } from '#worker/work-dir.ts';
import { diceOf } from './dice.ts';
import { faultyFetch } from './faulty-fetch.ts';
import { openJournal } from './journal.ts';
import { WorkerOptions } from './options.ts';
import { dicePoints, doubting, witnessed } from './witness.ts';

const CHILD = fileURLToPath(new URL('./child.sh', import.meta.url));

const options = WorkerOptions.parse(JSON.parse(process.argv[2] ?? ''));
const { name, urls, token, pool, store, skewMs } = options;
const dice = diceOf(options.seed);
const { note } = openJournal(options.journal);
const tell = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`);
const [apiUrl = ''] = urls;

let isCalm = options.calm;
// Ends the faults of this process.
process.on('SIGUSR2', () => {
  isCalm = true;
});
const on = () => !isCalm;
globalThis.fetch = faultyFetch({ dice, rates: options.calls, on, urls, note }, globalThis.fetch);

async function openWake(): Promise<Wake> {
  if (store.kind === 'embedded') {
    const file = join(store.folder, 'messages.sqlite');
    return openSqliteMessages(file, { clock: systemClock });
  }
  const { endpoint, queues } = store;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const kit = await openSqs({ endpoint, region: 'us-east-1', credentials });
  return openSqsMessages({ kit: async () => kit, queues });
}

/** The n-th attempt ends with the n-th of its exit codes, the last of which stands for all that follow. */
const script: Runtime = (claim, dirs) => {
  const { lines, seconds, codes } = JSON.parse('parameters' in claim ? `${claim.parameters}` : '');
  const all = String(codes).split(',');
  const code = all[Math.min(claim.attempt, all.length) - 1] ?? '0';
  const values = [claim.runId, lines, seconds, code, dirs.root, dirs.outputs];
  return { command: '/bin/sh', args: [CHILD, ...values.map(String)] };
};

process.stdin.on('end', () => process.exit(1)).resume();
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const path = process.env.PATH ?? '/usr/bin:/bin';
const reach = dicePoints(options.points, dice, note, tell);
const client = workerClient({ apiUrl, token, pool, timeoutMs: 8_000 });
await consume({
  client: witnessed(client, note),
  apiUrl,
  pool,
  worker: name,
  wake: doubting(await openWake(), options, dice, on, note),
  concurrency: options.concurrency,
  runtime: script,
  launcherOf: chooseLauncher({ path }),
  baseDir: await prepareBaseDir(options.folder),
  path,
  clock: { now: () => Date.now() + skewMs },
  log: (event, facts) =>
    process.env.VERBOSE === '1' ? tell({ t: Date.now(), event, ...facts }) : undefined,
  reach: (point) => (isCalm ? undefined : reach(point)),
  signal: stop.signal,
  drainMs: options.drainSeconds * 1000,
  waitSeconds: 2,
});
process.exit(0);
