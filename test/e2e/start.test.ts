/** `npm start`, as newcomers type it: the first start, the next ones, and each way in which it ends. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort, waitUntil } from '../../infra/local/process.ts';
import type { Credentials } from '../../infra/local/sample/credentials.ts';
import { ensureJobPython } from '../../infra/local/sample/python.ts';
import { apiOf, measureFirstStep } from './api.ts';
import { type Program, processesOf, startProgram } from './program.ts';

const folders: string[] = [];
const programs: Program[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-start-'));
  folders.push(folder);
  return folder;
}

function kept(program: Program): Program {
  programs.push(program);
  return program;
}

const options = (folder: string, port: number) => ['--folder', folder, '--port', String(port)];
const npmStart = (...args: string[]) => kept(startProgram('npm', ['start', '--', ...args]));
/** What `npm start` runs. Npm's own shell answers Ctrl-C by its own code, whatever ours was. */
const bootstrapStart = (...args: string[]) =>
  kept(startProgram(process.execPath, ['infra/local/bootstrap.mjs', 'start', ...args]));

const passwordIn = async (folder: string): Promise<Credentials> =>
  JSON.parse(await readFile(join(folder, 'first-user.json'), 'utf8')) as Credentials;

const gone = (folder: string) =>
  waitUntil(async () => processesOf(folder).length === 0, {
    timeoutMs: 10_000,
    what: 'The end of every process',
  });

const pidOf = (folder: string, file: string): number => {
  const found = processesOf(folder).find(({ command }) => command.includes(file));
  if (found === undefined) throw new Error(`${file} does not run.`);
  return found.pid;
};

beforeAll(async () => {
  await ensureJobPython();
});

/** A failed test leaves nothing running either. */
afterEach(async () => {
  for (const { child, ended } of programs.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
  }
});

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  let folder: string;
  let port: number;
  let password: string;

  beforeAll(async () => {
    folder = await newFolder();
    port = await freePort();
  });

  it('runs the sample at the first start and, with --once, ends', async () => {
    const first = npmStart('--once', ...options(folder, port));

    const code = await first.ended;

    const output = first.output();
    expect(code, output).toBe(0);
    for (const phase of ['sign-in', 'register', 'submit', 'status', 'log', 'download', 'verify']) {
      expect(output).toMatch(new RegExp(`\\] ${phase} `));
    }
    expect(output).toMatch(/strength +job \d+ +job \d+\n +0 +9\d\.\d% +9\d\.\d%/);
    ({ password } = await passwordIn(folder));
    expect(output).toContain(`http://127.0.0.1:${port}\n`);
    expect(output).toMatch(/User +admin\n/);
    expect(output).toContain(`${password}   (shown this once; kept in ${folder}/first-user.json`);
    const results = await readdir(join(folder, 'results'), { recursive: true });
    expect(results.filter((name) => /\.(csv|png|npz)$/.test(name))).toHaveLength(6);
    expect((await stat(join(folder, 'first-user.json'))).mode & 0o777).toBe(0o600);
    await gone(folder);
  });

  it('shows the earlier data at the next start and stays up until Ctrl-C', async () => {
    const next = bootstrapStart(...options(folder, port));
    await next.printed(/ready; Ctrl-C stops everything/);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    const interruptedAt = performance.now();

    next.interrupt();

    const code = await next.ended;
    expect(health.status).toBe(200);
    expect(code, next.output()).toBe(0);
    expect(performance.now() - interruptedAt).toBeLessThan(10_000);
    expect(next.output()).toMatch(/earlier +experiment digits under attack .* finished/);
    expect(next.output()).not.toContain(password);
    expect(next.output()).toContain(`kept in ${folder}/first-user.json`);
    await gone(folder);
  });

  it('starts the first step soon after a submission', async () => {
    const running = bootstrapStart(...options(folder, port));
    await running.printed(/ready; Ctrl-C stops everything/);
    const api = apiOf(`http://127.0.0.1:${port}`, await passwordIn(folder));

    const beyond = await measureFirstStep('embedded', api, await ensureJobPython());

    // The goal is 0.5 s; beyond this limit something waits that should not, however busy the machine.
    expect(beyond).toBeLessThan(4_000);
    running.interrupt();
    expect(await running.ended).toBe(0);
  });

  it('runs the sample again at a later start with --once', async () => {
    const again = npmStart('--once', ...options(folder, port));

    const code = await again.ended;

    expect(code, again.output()).toBe(0);
    expect(again.output()).toMatch(/experiment digits under attack: found/);
    expect(again.output()).not.toContain(password);
  });

  it('names a taken port and what to do', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');

    const refused = npmStart('--once', ...options(folder, port));
    const code = await refused.ended;

    other.close();
    expect(code).toBe(1);
    expect(refused.output()).toMatch(
      new RegExp(`Port ${port} is taken[\\s\\S]*npm start -- --port \\d+`),
    );
  });
});

describe('npm start, when something goes wrong', () => {
  it('fails when the sample fails', async () => {
    const folder = await newFolder();
    // Artifacts cannot be saved below a file.
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'results'), '');

    const failing = npmStart('--once', ...options(folder, await freePort()));

    expect(await failing.ended, failing.output()).toBe(1);
    expect(failing.output()).toMatch(/status +job \d+: finished[\s\S]*\] error /);
    await gone(folder);
  });

  it('tells that the worker died, and fails', async () => {
    const folder = await newFolder();
    const bereft = npmStart('--once', ...options(folder, await freePort()));
    await bereft.printed(/submit +job/);

    process.kill(pidOf(folder, 'worker-process.ts'), 'SIGKILL');

    expect(await bereft.ended, bereft.output()).toBe(1);
    expect(bereft.output()).toContain(`the worker ended by SIGKILL`);
    expect(bereft.output()).toContain(join(folder, 'worker.log'));
    await gone(folder);
  });

  it('ends in order on Ctrl-C during the sample', async () => {
    const folder = await newFolder();
    const stopped = bootstrapStart('--once', ...options(folder, await freePort()));
    await stopped.printed(/status +job \d+: started/);

    stopped.interrupt();

    expect(await stopped.ended, stopped.output()).toBe(130);
    expect(stopped.output()).not.toMatch(/Traceback|Error/);
    await gone(folder);
  });

  it('leaves no worker behind when it is killed', async () => {
    const folder = await newFolder();
    const killed = bootstrapStart(...options(folder, await freePort()));
    await killed.printed(/submit +job/);

    process.kill(pidOf(folder, 'infra/local/start.ts'), 'SIGKILL');

    expect(await killed.ended).toBe(1);
    await gone(folder);
  });
});
