/** How far a job is and what it used, as the runners tell it: see also mlproject-runner.test.ts. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureJobPython } from '../../../../infra/local/sample/python.ts';
import {
  oneStep,
  outcomeOf,
  prepareJob,
  removeJobs,
  runJob,
  startRunner,
  trialPlugin,
} from './runner-kit.ts';

let python = '';
beforeAll(async () => {
  python = await ensureJobPython();
}, 300_000);
afterAll(removeJobs);

const MB = 1_000_000;
const TWO_STEPS = {
  tasks: { nap: { plugin: 'trial.work.nap', inputs: [{ seconds: 'number' }] } },
  graph: { first: { nap: [0.6] }, second: { nap: [0.6], dependencies: ['first'] } },
};
const nap = (...body: readonly string[]) => ({
  'trial/work.py': [
    'import os, subprocess, sys, time',
    'from dioptra import pyplugs',
    'import assay_progress',
    '@pyplugs.register',
    'def nap(seconds):',
    '    time.sleep(seconds)',
    ...body.map((line) => `    ${line}`),
    '',
  ].join('\n'),
});

describe('progress of a Dioptra job', () => {
  it('is the share of its steps that have finished, told as they start and finish', async () => {
    const { progress } = await runJob(python, { config: TWO_STEPS, plugins: nap() });

    const told = progress.map(({ progress: share, message }) => `${share} ${message}`);
    expect(told[0]).toBe('0 step first: started (1 of 2)');
    expect(told).toContain('0.5 step second: started (2 of 2)');
    expect(told.at(-1)).toMatch(/^1 step second: finished in 0\.\d\d s$/);
  });

  it('within a step is what its code reports, in its process or below it', async () => {
    const below = '"import assay_progress as p; p.report(0.75, \'below\')"';
    const plugins = nap(
      'assay_progress.report(0.5, "half\\nway")',
      'time.sleep(0.6)',
      `subprocess.run([sys.executable, "-c", ${below}], check=True)`,
      'time.sleep(0.6)',
    );

    const { progress, result } = await runJob(python, { config: TWO_STEPS, plugins });

    expect(result?.status).toBe('finished');
    expect(progress).toContainEqual({ progress: 0.25, message: 'step first: half way' });
    expect(progress).toContainEqual({ progress: 0.875, message: 'step second: below' });
  });

  it('is told some two times a second, however often it is reported, and at the end', async () => {
    const body = [
      'import assay_progress, time',
      'until = time.monotonic() + 1.5',
      'count = 0',
      'while time.monotonic() < until:',
      '    count += 1',
      '    assay_progress.report((count % 1000) / 1000, "x" * 5000)',
      'assay_progress.report(0.999, "last of the code")',
      'raise ValueError(count > 300)',
    ].join('\n');

    const outcome = await runJob(python, { config: oneStep(), plugins: trialPlugin(body) });

    expect(outcome.result?.reason).toBe('step go: ValueError: True');
    expect(outcome.progress.length).toBeGreaterThan(2);
    expect(outcome.progress.length).toBeLessThan(7);
    expect(outcome.progress.at(-1)).toEqual({
      progress: 0.999,
      message: 'step go: last of the code',
    });
    for (const { message } of outcome.progress) expect(message.length).toBeLessThanOrEqual(500);
  });

  it('is not taken from what no report would write', async () => {
    const body = [
      'import os',
      'with open(os.environ["ASSAY_PROGRESS_PIPE"], "wb", buffering=0) as pipe:',
      '    for line in (b"nonsense", b"[1]", b"NaN", b\'{"fraction": 7, "message": ""}\', b"\\xff" * 40000):',
      '        pipe.write(line + b"\\n")',
      '        pipe.write(b\'{"fraction": NaN, "message": "never"}\\n\')',
    ].join('\n');

    const { progress, result } = await runJob(python, {
      config: oneStep(),
      plugins: trialPlugin(body),
    });

    expect(result?.status).toBe('finished');
    expect(progress.every(({ message }) => /^step go: (started|finished)/.test(message))).toBe(
      true,
    );
  });
});

describe('assay_progress', () => {
  const folder = fileURLToPath(
    new URL('../../../../functions/worker/runtimes/importable', import.meta.url),
  );
  const report = (expression: string, env: Record<string, string> = {}) =>
    spawnSync(python, ['-c', `import assay_progress\nassay_progress.report(${expression})`], {
      env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', ...env },
      encoding: 'utf8',
    });

  it.each(['-0.1', '1.1', 'float("nan")', '"half"'])('refuses %s', (expression) => {
    const { status, stderr } = report(expression);

    expect(status).toBe(1);
    expect(stderr).toContain('ValueError');
  });

  it('does nothing outside of a job, or when nobody listens', () => {
    const nowhere = { ASSAY_PROGRESS_PIPE: join(dirname(folder), 'no such pipe') };

    expect(report('0.5').status).toBe(0);
    expect(report('0.5', nowhere).status).toBe(0);
  });
});

describe('use', () => {
  it('counts the CPU and the memory of the job and of what it started', async () => {
    const busy = 'import time; x = bytearray(150_000_000)\nwhile time.process_time() < 0.5: pass';
    const body = `import subprocess, sys\nsubprocess.run([sys.executable, "-c", ${JSON.stringify(busy)}])`;

    const { usage } = await runJob(python, { config: oneStep(), plugins: trialPlugin(body) });

    expect(usage?.cpuSeconds).toBeGreaterThan(0.6);
    expect(usage?.cpuSeconds).toBeLessThan(10);
    expect(usage?.peakMemoryBytes).toBeGreaterThan(150 * MB);
    expect(usage?.peakMemoryBytes).toBeLessThan(400 * MB);
  });

  it('is told of a job that fails before its first step, too', async () => {
    const { usage } = await runJob(python, { config: oneStep(), overrides: { jobId: 'seven' } });

    expect(usage?.cpuSeconds).toBeGreaterThan(0.01);
  });

  it('is told of a job that is stopped, with the programs that stopped with it', async () => {
    const busy =
      'import time\nwhile time.process_time() < 1: pass\nprint("used", flush=True)\nwhile True: pass';
    const body = [
      'import logging, subprocess, sys',
      `program = subprocess.Popen([sys.executable, "-c", ${JSON.stringify(busy)}], stdout=subprocess.PIPE)`,
      'program.stdout.readline()',
      'logging.warning("busy")',
      'program.wait()',
    ].join('\n');
    const { workdir } = await prepareJob({ config: oneStep(), plugins: trialPlugin(body) });
    const child = startRunner(python, workdir);
    const ended = outcomeOf(child, workdir);
    const log = child.stdio[3];
    if (!log) throw new Error('no log pipe');
    const text: string[] = [];
    log.on('data', (chunk) => text.push(String(chunk)));
    while (!text.join('').includes('"busy"')) await once(log, 'data');

    const begun = performance.now();
    child.kill('SIGTERM');
    const { code, usage, result } = await ended;

    expect(performance.now() - begun).toBeLessThan(1_000);
    expect({ code, result }).toEqual({ code: 143, result: undefined });
    expect(usage?.cpuSeconds).toBeGreaterThan(0.9);
  });
});
