import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureJobPython } from '../../../../infra/local/sample/python.ts';
import {
  type Outcome,
  oneStep,
  outcomeOf,
  parseRecords,
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

const messages = (outcome: Outcome, severity: string): string[] =>
  outcome.log.filter((line) => line.severity === severity).map((line) => line.message);

const textArtifact = (serialize: string): Record<string, string> => ({
  'savers/save.py': [
    'from pathlib import Path',
    'from dioptra.sdk.api.artifact import ArtifactTaskInterface',
    'class Text(ArtifactTaskInterface):',
    '    @staticmethod',
    '    def serialize(working_dir, name, contents, **kwargs):',
    ...serialize.split('\n').map((line) => `        ${line}`),
    '    @staticmethod',
    '    def deserialize(working_dir, path, **kwargs):',
    '        return Path(working_dir, path).read_text()',
    '    @staticmethod',
    '    def validation():',
    '        return {"tail": {"type": "string"}}',
    '',
  ].join('\n'),
});
const noteOutput = (args: Record<string, unknown> = {}) =>
  oneStep({ artifact_outputs: { note: { contents: '$go', task: { name: 'Text', args } } } });
const noteTasks = { artifactTasks: { note: { task: 'Text', pluginSnapshotId: 12, taskId: 5 } } };

describe('a job that finishes', () => {
  it('tells each step, keeps what the code prints apart, and exits with 0', async () => {
    const body = [
      'import logging, os, structlog',
      'print("to stdout", os.environ["__JOB_ID"])',
      'logging.getLogger("mine").warning("careful with %s", "this")',
      'structlog.stdlib.get_logger("other").info("counted", rows=3)',
      'return 1',
    ].join('\n');

    const outcome = await runJob(python, { config: oneStep(), plugins: trialPlugin(body) });

    expect(outcome).toMatchObject({ code: 0, stdout: 'to stdout 7\n', stderr: '' });
    expect(outcome.result).toEqual({ status: 'finished', artifacts: [] });
    expect(outcome.log.map(({ severity, logger, message }) => [severity, logger, message])).toEqual(
      [
        ['INFO', 'assay.job', 'step go: started (1 of 1)'],
        ['WARNING', 'mine', 'careful with this'],
        ['INFO', 'other', 'counted  rows=3'],
        ['INFO', 'assay.job', expect.stringMatching(/^step go: finished in \d+\.\d\d s$/)],
      ],
    );
  });

  it('hands over artifacts with the arguments of the graph', async () => {
    const save =
      'path = working_dir / f"{name}.txt"\npath.write_text(contents + kwargs["tail"])\nreturn path';
    const { workdir, outputDir } = await prepareJob({
      config: noteOutput({ tail: '!' }),
      plugins: trialPlugin('return "hello"'),
      artifactPlugins: textArtifact(save),
      overrides: noteTasks,
    });

    const outcome = await outcomeOf(startRunner(python, workdir), workdir);

    const path = join(outputDir, 'note.txt');
    expect(outcome.result?.artifacts).toEqual([
      { name: 'note', path, isDir: false, taskPluginSnapshotId: 12, taskId: 5 },
    ]);
    expect(await readFile(path, 'utf8')).toBe('hello!');
  });

  it('copies what a task wrote elsewhere into the output folder', async () => {
    const save =
      'path = working_dir.parent / "far"\npath.mkdir()\n(path / "a.txt").write_text(contents)\nreturn path';
    const { workdir, outputDir } = await prepareJob({
      config: noteOutput(),
      plugins: trialPlugin('return "hello"'),
      artifactPlugins: textArtifact(save),
      overrides: noteTasks,
    });

    const outcome = await outcomeOf(startRunner(python, workdir), workdir);

    const [artifact] = outcome.result?.artifacts ?? [];
    expect(artifact).toMatchObject({ isDir: true, path: expect.stringContaining(outputDir) });
    expect(await readFile(join(artifact?.path ?? '', 'a.txt'), 'utf8')).toBe('hello');
  });

  it('reads artifact inputs through their own plugin', async () => {
    const { workdir } = await prepareJob({
      config: {
        tasks: { say: { plugin: 'trial.work.say', inputs: [{ words: 'string' }] } },
        graph: { say: { say: { words: '$letter' } } },
        artifact_inputs: { letter: { words: 'string' } },
      },
      plugins: {
        'trial/work.py':
          'from dioptra import pyplugs\n@pyplugs.register\ndef say(words):\n    print(words)\n',
      },
      artifactPlugins: textArtifact('return None'),
    });
    await writeFile(join(workdir, 'letter.txt'), 'dear reader');
    const letter = {
      path: join(workdir, 'letter.txt'),
      isDir: false,
      pluginsDir: join(workdir, 'artifact-plugins'),
      task: { plugin_name: 'savers', file_name: 'save.py', task_name: 'Text' },
      outputs: [{ name: 'words', type: 'string' }],
    };
    const job = JSON.parse(await readFile(join(workdir, 'job.json'), 'utf8'));
    await writeFile(
      join(workdir, 'job.json'),
      JSON.stringify({ ...job, artifactInputs: { letter } }),
    );

    const outcome = await outcomeOf(startRunner(python, workdir), workdir);

    expect(outcome).toMatchObject({ code: 0, stdout: 'dear reader\n' });
  });

  it('cuts a long message in the middle and keeps a lone surrogate from breaking the log', async () => {
    const body =
      'import logging\nlogging.warning("a" + "\\U0001F600" * 9000 + "z")\nlogging.warning("\\ud800!")';

    const outcome = await runJob(python, { config: oneStep(), plugins: trialPlugin(body) });

    const [long = '', lone] = messages(outcome, 'WARNING');
    expect(long.length).toBeGreaterThan(7_700);
    expect(long.length).toBeLessThanOrEqual(8_000);
    expect(long).toMatch(/^a\u{1F600}+\n\[… 10202 more …\]\n\u{1F600}+z$/u);
    expect(long.isWellFormed()).toBe(true);
    expect(lone).toBe('?!');
  });

  it('logs to stdout when there is no descriptor for the log', async () => {
    const { workdir } = await prepareJob({
      config: oneStep(),
      plugins: trialPlugin('return 1'),
    });

    const child = startRunner(python, workdir, { ASSAY_LOG_FD: '99' }, { withLogPipe: false });
    const outcome = await outcomeOf(child, workdir);

    expect(parseRecords(outcome.stdout).log[0]?.message).toBe('step go: started (1 of 1)');
  });
});

describe('a job that fails', () => {
  it('gives the traceback of the plugin as an error, without secrets', async () => {
    const outcome = await runJob(
      python,
      {
        config: oneStep(),
        plugins: trialPlugin(
          'import os\nraise ValueError("no\\n" + os.environ["DIOPTRA_WORKER_PASSWORD"])',
        ),
      },
      { DIOPTRA_WORKER_PASSWORD: 'token-of-the-job', MLFLOW_TRACKING_URI: 'http://u:pa55word@h/' },
    );

    expect(outcome.code).toBe(1);
    expect(outcome.result).toEqual({
      status: 'failed',
      reason: 'step go: ValueError: no ***',
      artifacts: [],
    });
    const [error = ''] = messages(outcome, 'ERROR');
    expect(error).toMatch(
      /^step go: ValueError: no \*\*\*\nTraceback[\s\S]+trial\/work\.py", line 5, in go/,
    );
    expect(error).not.toContain('task_engine.py');
    expect(JSON.stringify(outcome)).not.toContain('token-of-the-job');
  });

  it.each([
    ['exit', 'raise SystemExit(0)', 'step go: the code called exit(0)'],
    ['a missing package', 'import torch_of_nobody', "No module named 'torch_of_nobody'"],
    ['an interrupt', 'raise KeyboardInterrupt', 'step go: KeyboardInterrupt'],
  ])('counts %s as a failure', async (_name, body, reason) => {
    const outcome = await runJob(python, { config: oneStep(), plugins: trialPlugin(body) });

    expect(outcome).toMatchObject({ code: 1, result: { status: 'failed' } });
    expect(outcome.result?.reason).toContain(reason);
    expect(messages(outcome, 'ERROR').join()).toContain(reason);
  });

  it('names a plugin that is not there', async () => {
    const outcome = await runJob(python, { config: oneStep() });

    expect(outcome.result?.reason).toMatch(/^step go: Unknown\w+Error: .*trial/);
  });

  it.each([
    ['raises', 'raise OSError("disk full")', /^saving artifacts: OSError: disk full$/],
    ['returns no path', 'return "note.txt"', /serialize returned str, not a pathlib\.Path/],
    ['writes nothing', 'return working_dir / "ghost"', /ghost, which does not exist/],
  ])('says so when an artifact task %s', async (_name, body, reason) => {
    const outcome = await runJob(python, {
      config: noteOutput(),
      plugins: trialPlugin('return "hello"'),
      artifactPlugins: textArtifact(body),
      overrides: noteTasks,
    });

    expect(outcome.result).toMatchObject({ status: 'failed', artifacts: [] });
    expect(outcome.result?.reason).toMatch(reason);
  });

  it('refuses a configuration that the engine does not accept, before any step', async () => {
    const config = oneStep({ graph: { go: { nothing: [] } } });

    const outcome = await runJob(python, { config, plugins: trialPlugin('print("ran")') });

    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.result?.reason).toMatch(/configuration is not valid: .*nothing/);
  });

  it('refuses arguments that the artifact task does not accept', async () => {
    const outcome = await runJob(python, {
      config: noteOutput({ tail: 5 }),
      plugins: trialPlugin('print("ran")'),
      artifactPlugins: textArtifact('return None'),
      overrides: noteTasks,
    });

    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.result?.reason).toMatch(/not valid/);
  });

  it.each([
    ['no JSON', '{"jobId": 7', /job\.json cannot be read/],
    ['a list', '[]', /not an object/],
    ['a text for an id', '{"jobId": "7"}', /jobId must be a JSON integer/],
  ])('explains a job file that is %s', async (_name, contents, reason) => {
    const { workdir } = await prepareJob({ config: oneStep() });
    await writeFile(join(workdir, 'job.json'), contents);

    const outcome = await outcomeOf(startRunner(python, workdir), workdir);

    expect(outcome.code).toBe(1);
    expect(outcome.result?.reason).toMatch(reason);
  });
});

describe('a job that is stopped', () => {
  it('ends within a second of SIGTERM, even inside native code', async () => {
    // One call into OpenSSL that takes minutes and never returns to the interpreter.
    const body = 'import hashlib\nhashlib.pbkdf2_hmac("sha256", b"a", b"b", 10**9)';
    const { workdir } = await prepareJob({ config: oneStep(), plugins: trialPlugin(body) });
    const child = startRunner(python, workdir);
    const log = child.stdio[3];
    if (!log) throw new Error('no log pipe');
    const ended = outcomeOf(child, workdir);
    await once(log, 'data');
    await sleep(300);

    const begun = performance.now();
    child.kill('SIGTERM');
    const outcome = await ended;

    expect(performance.now() - begun).toBeLessThan(1000);
    expect(outcome).toMatchObject({ code: 143, result: undefined });
    expect(messages(outcome, 'WARNING')).toEqual(['stopped by SIGTERM']);
  });

  it('is not stopped by the SIGTERM of a process that its code started', async () => {
    const body = [
      'import multiprocessing, time',
      'child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))',
      'child.start()',
      'time.sleep(0.2)',
      'child.terminate()',
      'child.join()',
      'time.sleep(0.3)',
      'print("exit", child.exitcode)',
    ].join('\n');

    const outcome = await runJob(python, { config: oneStep(), plugins: trialPlugin(body) });

    expect(outcome).toMatchObject({ code: 0, stdout: 'exit -15\n' });
  });
});

it('does not hide a plugin that is named like a file of the runner', async () => {
  const outcome = await runJob(python, {
    config: {
      tasks: { go: { plugin: 'runner.work.go' } },
      graph: { go: { task: 'go', args: [] } },
    },
    plugins: {
      'runner/work.py':
        'from dioptra import pyplugs\n@pyplugs.register\ndef go():\n    print("here")\n',
    },
  });

  expect(outcome).toMatchObject({ code: 0, stdout: 'here\n' });
});
