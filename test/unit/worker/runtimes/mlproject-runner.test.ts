/** MLprojects as jobs: the real runner and the real MLflow, a run of the real API. */
import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureJobPython } from '../../../../infra/local/sample/python.ts';
import { type ProjectKit, startProjects } from './project-kit.ts';
import { newWorkdir, type Outcome, outcomeOf, removeJobs } from './runner-kit.ts';

let python = '';
let kit: ProjectKit;
beforeAll(async () => {
  python = await ensureJobPython();
  kit = await startProjects(python);
}, 300_000);
afterAll(async () => {
  await removeJobs();
  await kit?.close();
});

const messages = (outcome: Outcome, severity: string): string[] =>
  outcome.log.filter((line) => line.severity === severity).map((line) => line.message);

/** An MLproject file with one entry point. */
const project = (command: string, ...more: readonly string[]) =>
  [
    'name: trial',
    'entry_points:',
    '  main:',
    '    parameters:',
    '      rate: {type: float, default: 0.5}',
    "      words: {type: string, default: 'it is'}",
    `    command: ${JSON.stringify(command)}`,
    ...more,
    '',
  ].join('\n');

const MAIN = `
import json, os, subprocess, sys
import mlflow
import assay_progress
import dioptra_custom.mine.work
import dioptra_builtins.random.rng
from dioptra import pyplugs

def call(name, *args, **kwargs):
    package, module, func = name.split(".")
    return pyplugs.call(f"dioptra_builtins.{package}", module, func, *args, **kwargs)

class Frame:
    """Stands in for one of pandas, which the pool need not have."""
    def to_csv(self, path, index):
        path.write_text(f"a,b,{index}")

os.makedirs("folder/below")
open("folder/below/file.txt", "w").write("in the folder")
with mlflow.start_run():
    call("tracking.mlflow.log_metrics", {"score": 0.25})
    call("tracking.mlflow.log_parameters", {"words": sys.argv[2]})
    call("artifacts.mlflow.upload_file_as_artifact", "MLproject")
    call("artifacts.mlflow.upload_directory_as_tarball_artifact", "folder", "folder.tar.gz", working_dir="folder")
    call("artifacts.mlflow.upload_data_frame_artifact", Frame(), "table", "csv", {"index": False})
    run_id = mlflow.active_run().info.run_id
where = call("artifacts.mlflow.download_all_artifacts_in_run", run_id, "folder.tar.gz", "fetched")
call("artifacts.utils.extract_tarfile", where, output_dir="unpacked")
names = sorted(os.path.join(top, name) for top, _, files in os.walk("unpacked") for name in files)
below = "import assay_progress; assay_progress.report(0.5, 'below')"
subprocess.run([sys.executable, "-c", below], check=True)
print(json.dumps({
    "rate": sys.argv[1], "words": sys.argv[2], "names": names,
    "plugin": pyplugs.call("dioptra_custom.mine", "work", "double", 21),
    "job": os.environ["__JOB_ID"], "run": run_id,
    "runner seen": os.path.exists("runner.py") or any("runtimes" in entry for entry in sys.path),
}))
print("to stderr", file=sys.stderr)
`;

describe('a project that finishes', () => {
  it('runs with its parameters, plugins and the run of its job', async () => {
    const { outcome, shown } = await kit.run({
      files: { MLproject: project('python main.py {rate} {words}'), 'main.py': MAIN },
      plugins: {
        'mine/work.py':
          'from dioptra import pyplugs\n@pyplugs.register\ndef double(n):\n    return 2 * n\n',
      },
      job: { parameters: { rate: '0.75' } },
    });

    expect(messages(outcome, 'ERROR'), outcome.stderr).toEqual([]);
    expect(outcome.result).toEqual({ status: 'finished', artifacts: [] });
    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      rate: '0.75',
      words: 'it is',
      names: ['unpacked/folder/below/file.txt'],
      plugin: 42,
      job: '7',
      run: shown.id,
      'runner seen': false,
    });
    expect(outcome.stderr).toBe('to stderr\n');
    expect(outcome.progress).toEqual([{ progress: 0.5, message: 'below' }]);
    expect(outcome.usage?.cpuSeconds).toBeGreaterThan(1);
    expect(outcome.usage?.peakMemoryBytes).toBeGreaterThan(50_000_000);
    expect(shown).toMatchObject({
      status: 'FINISHED',
      params: { rate: '0.75', words: 'it is' },
      metrics: { score: 0.25 },
      tags: {
        'mlflow.project.entryPoint': 'main',
        'mlflow.project.backend': 'local',
        'mlflow.source.type': 'PROJECT',
        'mlflow.source.name': 'trial',
      },
      files: ['MLproject', 'folder.tar.gz', 'table.csv'],
    });
  });

  it('gets its output on the way line by line, and its log without secrets', async () => {
    const command = 'echo {words}; sleep 1; echo "end of $MLFLOW_TRACKING_TOKEN"';
    const job = await kit.prepare({
      files: { MLproject: project(command) },
      job: { parameters: { words: 'now' } },
    });

    const child = job.start();
    const ended = outcomeOf(child, job.workdir);
    const times: number[] = [];
    child.stdout?.on('data', () => times.push(performance.now()));
    const { log, code } = await ended;

    expect(code).toBe(0);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(800);
    const logger = 'mlflow.projects.backend.local';
    expect(log.filter((line) => line.logger === logger).join()).not.toContain('asy_');
  });
});

describe('a project that fails', () => {
  it('tells the exit code of its command', async () => {
    const { outcome, shown } = await kit.run({
      files: { MLproject: project('echo out; exit 42') },
    });

    expect(outcome).toMatchObject({ code: 1, stdout: 'out\n' });
    expect(outcome.result).toEqual({
      status: 'failed',
      reason: 'entry point main: the command ended with exit code 42',
      exitCode: 42,
      artifacts: [],
    });
    expect(messages(outcome, 'ERROR')).toEqual([outcome.result?.reason]);
    expect(shown).toMatchObject({ status: 'FAILED', params: { rate: '0.5' } });
  });

  it('without conda runs in the pool, with a warning; a signal is told as shells tell it', async () => {
    const { outcome } = await kit.run({
      files: {
        MLproject: project('kill -9 $$', 'conda_env: conda.yaml'),
        'conda.yaml': 'dependencies: [python=3.8]\n',
      },
    });

    expect(messages(outcome, 'WARNING')).toEqual([
      expect.stringMatching(/conda environment \(conda\.yaml\).*packages of the worker's pool$/),
    ]);
    expect(outcome.result).toMatchObject({ status: 'failed', exitCode: 137 });
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'of no such entry point',
      project('true'),
      { entryPoint: 'train' },
      /Could not find train among entry points \['main'\]/,
    ],
    [
      'that needs more parameters',
      'entry_points: {main: {parameters: {epochs: int}, command: "true"}}',
      {},
      /^No value given for missing parameters: 'epochs'$/,
    ],
    [
      'whose command asks for more',
      project('echo {depth}'),
      {},
      /^the command of entry point main cannot be filled in: KeyError: 'depth'$/,
    ],
    ['without a command', 'entry_points: {main: {}}', {}, /^entry point main has no command$/],
    [
      'of a Docker image',
      project('true', 'docker_env: {image: python}'),
      {},
      /docker_env\), which workers do not run/,
    ],
    ['that is no YAML', '{', {}, /^the MLproject file is not valid: /],
    [
      'with a parameter that is no text',
      project('true'),
      { parameters: { rate: 1 } },
      /rate must be a JSON string/,
    ],
    [
      'with an environment of another kind',
      project('true'),
      { environment: 'conda' },
      /environment must be one of local, virtualenv/,
    ],
  ])('says so %s', async (_name, MLproject, job, reason) => {
    const { outcome, shown } = await kit.run({ files: { MLproject }, job });

    expect(outcome.code).toBe(1);
    expect(outcome.result?.reason).toMatch(reason);
    expect(outcome.result?.exitCode).toBeUndefined();
    expect(outcome.usage).toBeDefined();
    expect(shown.params).toEqual({});
  });
});

describe('a project that is stopped', () => {
  it('ends with all that it started, within a second of SIGTERM', async () => {
    const busy = 'import sys\nprint("busy", flush=True)\nwhile True: pass';
    const job = await kit.prepare({
      files: { MLproject: project('python busy.py; echo never'), 'busy.py': busy },
    });
    const child = job.start();
    const ended = outcomeOf(child, job.workdir);
    await new Promise((resolve) => child.stdout?.once('data', resolve));

    const begun = performance.now();
    child.kill('SIGTERM');
    const outcome = await ended;

    // The pipes have ended: whoever held them is gone.
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(outcome).toMatchObject({ code: 143, result: undefined });
    expect(outcome.stdout.trim()).toBe('busy');
    expect(messages(outcome, 'WARNING')).toEqual(['stopped by SIGTERM']);
    expect(messages(outcome, 'ERROR')).toEqual([]);
    expect(outcome.usage?.cpuSeconds).toBeGreaterThan(0.5);
    expect((await kit.show(job.runId)).status).toBe('RUNNING');
  });
});

describe('an environment of its own', () => {
  const env = (python_: string, ...more: readonly string[]) =>
    [`python: "${python_}"`, ...more, ''].join('\n');
  const virtualenv = { environment: 'virtualenv' };
  const show = `python -c "import sys; print('%d.%d' % sys.version_info[:2], sys.prefix)"`;

  it('is made below the folder of the job, of the Python that is there', async () => {
    const job = await kit.prepare({
      files: {
        MLproject: project(show, 'python_env: python_env.yaml'),
        'python_env.yaml': 'build_dependencies: []\n',
      },
      job: virtualenv,
    });

    const outcome = await job.run();

    expect(outcome.result, outcome.stderr).toEqual({ status: 'finished', artifacts: [] });
    expect(outcome.stdout).toContain(join(job.workdir, 'environments'));
    expect((await kit.show(job.runId)).tags['mlflow.project.env']).toBe('uv');
  });

  it('is refused with the versions there are when it wants another', async () => {
    const { outcome } = await kit.run({
      files: {
        MLproject: project(show, 'python_env: python_env.yaml'),
        'python_env.yaml': env('3.7.1'),
      },
      job: virtualenv,
    });

    expect(outcome.result?.reason).toMatch(
      /^the project asks for Python 3\.7\.1; on this worker there is .*3\.\d+\.\d+/,
    );
  });

  it('is installed from where pip would look', async () => {
    const folder = await newWorkdir();
    const file = join(folder, 'pip.conf');
    await writeFile(
      file,
      [
        '[global]',
        'index-url = https://one.example/simple',
        'find-links =',
        '    /opt/wheels',
        '    /srv/wheels',
        '[install]',
        'trusted-host = two.example',
        '',
      ].join('\n'),
    );
    const script = [
      'import json, os, pathlib, assay_own_environment',
      'env = {"PATH": "", "PIP_CONFIG_FILE": os.environ["FILE"], "PIP_EXTRA_INDEX_URL": "https://two.example",',
      '    "UV_INSECURE_HOST": "mine.example"}',
      'assay_own_environment.prepare_uv(env, pathlib.Path("/work"))',
      'print(json.dumps(env))',
    ].join('\n');
    const { stdout } = spawnSync(python, ['-B', '-c', script], {
      cwd: fileURLToPath(
        new URL('../../../../functions/worker/runtimes/mlproject', import.meta.url),
      ),
      env: { FILE: file },
      encoding: 'utf8',
    });

    expect(JSON.parse(stdout)).toMatchObject({
      UV_DEFAULT_INDEX: 'https://one.example/simple',
      UV_INDEX: 'https://two.example',
      UV_FIND_LINKS: '/opt/wheels,/srv/wheels',
      UV_INSECURE_HOST: 'mine.example',
      UV_CACHE_DIR: '/work/uv-cache',
    });
  });

  // Both ask the index of packages.
  it.runIf(process.env.FULL === '1')('has the packages that it asks for', async () => {
    const import_ = 'python -c "import structlog, sys; print(structlog.__file__)"';
    const ask = (dependency: string) =>
      kit.prepare({
        files: {
          MLproject: project(import_, 'python_env: python_env.yaml'),
          'python_env.yaml': `dependencies: ["${dependency}"]\n`,
        },
        job: virtualenv,
      });
    const [good, bad] = [await ask('structlog'), await ask('structlog==0.0.0.1')];

    const outcomes = [await good.run(), await bad.run()];

    expect(outcomes[0]?.result?.status, outcomes[0]?.stderr).toBe('finished');
    expect(outcomes[0]?.stdout).toContain(join(good.workdir, 'environments'));
    expect(outcomes[1]?.result?.reason).toMatch(
      /^the project's environment could not be made \(Non-zero exit code: 1\)/,
    );
    expect(outcomes[1]?.stderr).toContain('structlog==0.0.0.1');
    expect(await readdir(good.workdir)).toContain('uv-cache');
  });
});
