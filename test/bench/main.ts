/** `npm run bench -- <suite>`: measures, prints, and keeps the figures in `test/bench/results`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './frame/machine.ts';
import type { Cell } from './frame/peer.ts';
import { Misuse, type Plan, SUITES } from './suites.ts';

const USAGE = `npm run bench -- [core | dioptra | mlflow | jobs | flags] [options]
  --busy             measures although others work on this machine, and judges no goals
  --quick            a short run that shows that everything works; its figures mean little
  --seconds N        of each turn of a server (core 3, others 2)
  --warm-up N        seconds of each request that are not measured, before it is (10)
  --rounds N         turns of each server (core 3, others 5)
  --clients A,B      numbers of connections (1,8,32)
  --jobs N           of the suite jobs (10,000)
  --only TEXT        only requests whose name contains it
  --profile FOLDER   servers leave CPU profiles there
  --out FOLDER       for the results as JSON (test/bench/results)
  --no-save          keep no results
`;

const RESULTS = fileURLToPath(new URL('./results', import.meta.url));

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Misuse(`--${name} ${text} is not a number above 0.`);
};

const notNegative = (name: string, text: string): number =>
  Number(text) === 0 ? 0 : positive(name, text);

const whole = (name: string, text: string): number => {
  const value = positive(name, text);
  if (Number.isInteger(value)) return value;
  throw new Misuse(`--${name} ${text} is not a whole number.`);
};

const QUICK = { clients: '2', rounds: '1', seconds: '0.2', warmUp: '0', jobs: '60' };

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      busy: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      rounds: { type: 'string' },
      clients: { type: 'string' },
      jobs: { type: 'string' },
      only: { type: 'string', default: '' },
      profile: { type: 'string' },
      out: { type: 'string', default: RESULTS },
      save: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  const [name = 'core', ...rest] = positionals;
  const suite = SUITES.get(name);
  if (suite === undefined || rest.length > 0)
    throw new Misuse(`There is no suite ${positionals.join(' ')}.`);
  const { clients, rounds, seconds, warmUp, jobs } = values.quick
    ? QUICK
    : { clients: '1,8,32', warmUp: '10', jobs: '10000', ...suite };
  const plan: Plan = {
    quick: values.quick,
    busy: values.busy,
    clients: (values.clients ?? clients).split(',').map((text) => whole('clients', text)),
    rounds: whole('rounds', values.rounds ?? rounds),
    seconds: positive('seconds', values.seconds ?? seconds),
    warmUpSeconds: notNegative('warm-up', values['warm-up'] ?? warmUp),
    only: values.only,
    jobs: whole('jobs', values.jobs ?? jobs),
    profileTo: values.profile,
  };
  return { name, suite, plan, out: values.save ? values.out : undefined, help: values.help };
}

const startedAt = performance.now();
const say = (line: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stderr.write(`[${seconds.padStart(4)} s] ${line}\n`);
};

async function save(folder: string, suite: string, content: object): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${suite}-${new Date().toISOString().slice(0, 10)}.json`);
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

async function main(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { name, suite, plan, out, help } = readArguments(args);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const before = machine();
  const cells: Cell[] = [];
  const running = suite.run({
    ...plan,
    machine: before,
    signal,
    say,
    onCell: (cell) => {
      cells.push(cell);
      const { scenario, clients, peer, perSecond } = cell;
      say(`${scenario}, ${clients} clients, ${peer}: ${perSecond.median} req/s`);
    },
  });
  // What took an hour to measure outlives what fails after it.
  const { results, report, failures } = await running.catch(async (error) => {
    if (out !== undefined && cells.length > 0) {
      say(`what was measured is kept in ${await save(out, `${name}-unfinished`, { cells })}`);
    }
    throw error;
  });
  process.stdout.write(report);
  for (const failure of failures) process.stderr.write(`MISSED: ${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
  if (out === undefined) return;
  const { profileTo: _profile, jobs: _jobs, clients, ...shape } = plan;
  // Text instead of lists of plain values, which the project's formatter would set on one line.
  const content = {
    suite: name,
    date: new Date().toISOString(),
    machine: before,
    plan: { ...shape, clients: clients.join() },
    ...results,
    notes: results.notes.join('\n'),
  };
  say(`kept in ${await save(out, name, content)}`);
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => stop.abort(new Misuse('Stopped.')));
}
try {
  await main(process.argv.slice(2), stop.signal);
} catch (error) {
  const { message, stack, code = '' } = error as Error & { readonly code?: string | number };
  const wrongOption = String(code).startsWith('ERR_PARSE_ARGS')
    ? `${message}\n${USAGE}`
    : undefined;
  process.stderr.write(`${wrongOption ?? (error instanceof Misuse ? message : stack)}\n`);
  process.exitCode = 1;
}
