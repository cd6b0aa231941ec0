import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Place } from './pypi-peer.ts';

const SHOWN = 2_000;

/**
 * Runs a script of ours with the interpreter and the packages of a server, to put rows in where its
 * API would take long: `input` goes to its standard input, and what it prints must be JSON.
 */
export async function fillBy<T>(
  { python, env, folder }: Pick<Place, 'python' | 'env' | 'folder'>,
  script: string,
  input: Iterable<string>,
): Promise<T> {
  const child = spawn(python, [script], { cwd: folder, env: { ...env }, stdio: 'pipe' });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.err += chunk;
  });
  const ended = once(child, 'close');
  // When it ends early, its own words tell why.
  await pipeline(Readable.from(input), child.stdin).catch(() => undefined);
  const [code] = await ended;
  if (code === 0) return JSON.parse(printed.out);
  throw new Error(`${script} failed (${code}):\n${printed.err.slice(-SHOWN)}`);
}
