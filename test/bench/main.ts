/** `npm run bench -- core`: measures, prints, and keeps the figures in `test/bench/results`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coreReport } from './core/report.ts';
import { type CoreOptions, runCore } from './core/suite.ts';
import { machine } from './frame/machine.ts';

const USAGE = `npm run bench -- [core] [options]
  --quick            a short run that shows that everything works; its figures mean little
  --seconds N        of each turn of a server (3)
  --rounds N         turns of each server (3)
  --clients A,B      numbers of connections (1,8,32)
  --only TEXT        only requests whose name contains it
  --profile FOLDER   servers leave CPU profiles there
  --out FOLDER       for the results as JSON (test/bench/results)
  --no-save          keep no results
`;

const RESULTS = fileURLToPath(new URL('./results', import.meta.url));

/** A mistake in the arguments; its text is for the person at the keyboard. */
class Misuse extends Error {}

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Misuse(`--${name} ${text} is not a number above 0.`);
};

const whole = (name: string, text: string): number => {
  const value = positive(name, text);
  if (Number.isInteger(value)) return value;
  throw new Misuse(`--${name} ${text} is not a whole number.`);
};

type Plan = Omit<CoreOptions, 'signal' | 'say' | 'onCell'>;

const FULL = {
  clients: '1,8,32',
  rounds: '3',
  seconds: '3',
  rows: 1_000,
  coldStarts: 21,
  restMs: 2_000,
};
const QUICK = { clients: '2', rounds: '1', seconds: '0.2', rows: 40, coldStarts: 1, restMs: 100 };

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      clients: { type: 'string' },
      only: { type: 'string', default: '' },
      profile: { type: 'string' },
      out: { type: 'string', default: RESULTS },
      save: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  const [suite = 'core', ...rest] = positionals;
  if (suite !== 'core' || rest.length > 0)
    throw new Misuse(`There is no suite ${positionals.join(' ')}.`);
  const { clients, rounds, seconds, ...fixed } = values.quick ? QUICK : FULL;
  const plan: Plan = {
    ...fixed,
    clients: (values.clients ?? clients).split(',').map((text) => whole('clients', text)),
    rounds: whole('rounds', values.rounds ?? rounds),
    seconds: positive('seconds', values.seconds ?? seconds),
    only: values.only,
    profileTo: values.profile,
  };
  return { suite, plan, out: values.save ? values.out : undefined, help: values.help };
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
  const { suite, plan, out, help } = readArguments(args);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const before = machine();
  const results = await runCore({
    ...plan,
    signal,
    say,
    onCell: ({ scenario, clients, peer, perSecond }) =>
      say(`${scenario}, ${clients} clients, ${peer}: ${perSecond.median} req/s`),
  });
  process.stdout.write(coreReport(results));
  if (out === undefined) return;
  const { profileTo: _profile, clients, ...shape } = plan;
  // Text instead of lists of plain values, which the project's formatter would set on one line.
  const notes = results.notes.join('\n');
  const content = {
    suite,
    date: new Date().toISOString(),
    machine: before,
    plan: { ...shape, clients: clients.join() },
    ...results,
    notes,
  };
  say(`kept in ${await save(out, suite, content)}`);
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => stop.abort(new Misuse('Stopped.')));
}
try {
  await main(process.argv.slice(2), stop.signal);
} catch (error) {
  const { message, stack, code = '' } = error as Error & { readonly code?: string };
  const wrongOption = code.startsWith('ERR_PARSE_ARGS') ? `${message}\n${USAGE}` : undefined;
  process.stderr.write(`${wrongOption ?? (error instanceof Misuse ? message : stack)}\n`);
  process.exitCode = 1;
}
