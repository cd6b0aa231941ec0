/** Runs the sample's Python program and shows its progress. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { projectRoot, stopGroup } from '../process.ts';
import type { Credentials } from './credentials.ts';

const script = join(projectRoot, 'infra', 'local', 'sample', 'run_sample.py');

const STOP_MS = 2_000;

const SampleEvent = z.looseObject({ phase: z.string(), message: z.string() });
const Done = z.looseObject({
  table: z.looseObject({ text: z.array(z.string()) }),
  jobs: z.array(
    z.looseObject({ id: z.int(), artifacts: z.array(z.looseObject({ path: z.string() })) }),
  ),
});

export interface SampleOptions {
  readonly url: string;
  readonly python: string;
  readonly user: Credentials;
  /** Artifacts are saved in `<folder>/results`. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Only list what the server holds. */
  readonly show?: boolean;
}

export interface SampleRun {
  /** Whether both jobs finished and every downloaded byte was checked. */
  readonly done: Promise<boolean>;
  /** Ends it if it still runs. */
  stop(): Promise<void>;
}

function showLine(line: string, say: (line: string) => void): void {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    say(line);
    return;
  }
  const parsed = SampleEvent.safeParse(event);
  if (!parsed.success) return;
  const { phase, message } = parsed.data;
  const done = phase === 'done' ? Done.safeParse(event) : undefined;
  if (phase !== 'result') say(`${phase.padEnd(9)} ${message}`);
  if (done?.success !== true) return;
  const { table, jobs } = done.data;
  const saved = jobs.flatMap(({ artifacts }) => artifacts.map(({ path }) => `    ${path}`));
  process.stdout.write(
    `\n  Accuracy under attack\n\n${table.text.map((row) => `    ${row}`).join('\n')}\n\n  Saved\n\n${saved.join('\n')}\n`,
  );
}

async function follow(child: ChildProcess, say: (line: string) => void): Promise<boolean> {
  const ended = once(child, 'exit');
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) showLine(line, say);
  }
  const [code] = await ended;
  return code === 0;
}

export function runSample(options: SampleOptions): SampleRun {
  const { url, python, user, folder, say, show = false } = options;
  const args = [
    script,
    '--url',
    url,
    '--username',
    user.username,
    '--out',
    join(folder, 'results'),
  ];
  const child = spawn(python, [...args, '--json-progress', ...(show ? ['--show'] : [])], {
    env: { PATH: process.env.PATH, HOME: folder, ASSAY_SAMPLE_PASSWORD: user.password },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C in a terminal ends it through us, without Python's own words about it.
    detached: true,
  });
  return { done: follow(child, say), stop: () => stopGroup(child, STOP_MS) };
}
