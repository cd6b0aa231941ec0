import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitUntil } from '../../infra/local/process.ts';
import { ensureVenv } from '../../infra/local/python-venv.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-stop-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A killed process whose parent does not look is still listed.
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !stdout.trim().startsWith('Z') && stdout.trim() !== '';
  } catch {
    return false;
  }
};

const pidIn = async (file: string): Promise<number> => {
  let pid = Number.NaN;
  const look = async () => {
    pid = Number.parseInt(await readFile(file, 'utf8'), 10);
    return Number.isInteger(pid);
  };
  await waitUntil(look, { timeoutMs: 20_000, what: file });
  return pid;
};

describe('an installation', () => {
  it('that is given up ends with all that it started, and the next one can begin', async () => {
    const python = join(folder, 'python3');
    const pidFile = join(folder, 'pid');
    await writeFile(python, `#!/bin/sh\nsleep 600 &\necho $! > ${pidFile}\nwait\n`);
    await chmod(python, 0o755);
    vi.stubEnv('ASSAY_PYTHON', python);
    const stop = new AbortController();
    const venv = join(folder, 'venv');

    const installing = ensureVenv(venv, ['anything'], { signal: stop.signal });
    const ended = expect(installing).rejects.toBe('stopped');
    const pid = await pidIn(pidFile);
    stop.abort('stopped');

    await ended;
    await waitUntil(async () => !isAlive(pid), { timeoutMs: 5_000, what: 'The end of it' });
    await expect(readFile(`${venv}.lock`)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
