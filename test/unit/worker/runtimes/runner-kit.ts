/** Runs the child runners the way the consumer does: a work folder, descriptor 3, an environment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

export type RuntimeName = 'dioptra' | 'mlproject';

const runtimes = fileURLToPath(new URL('../../../../functions/worker/runtimes', import.meta.url));

const LogLine = z.strictObject({
  severity: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']),
  logger: z.string(),
  message: z.string(),
  time: z.iso.datetime({ offset: true }),
});
export type LogLine = z.infer<typeof LogLine>;

const Progress = z.strictObject({ progress: z.number(), message: z.string() });
const Usage = z.strictObject({
  usage: z.strictObject({ cpuSeconds: z.number(), peakMemoryBytes: z.int() }),
});

/** What came on the log descriptor; the record of use must be its last one. */
export interface Records {
  readonly log: readonly LogLine[];
  readonly progress: readonly z.infer<typeof Progress>[];
  readonly usage: z.infer<typeof Usage>['usage'] | undefined;
}

const Result = z.strictObject({
  status: z.enum(['finished', 'failed']),
  reason: z.string().optional(),
  exitCode: z.int().optional(),
  artifacts: z.array(
    z.strictObject({
      name: z.string(),
      path: z.string(),
      isDir: z.boolean(),
      taskPluginSnapshotId: z.number(),
      taskId: z.number(),
    }),
  ),
});
export type Result = z.infer<typeof Result>;

export interface Outcome extends Records {
  readonly code: number | null;
  readonly result: Result | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What differs between tests; files are written below the plugin folders. */
export interface JobSetup {
  readonly config: unknown;
  readonly plugins?: Readonly<Record<string, string>>;
  readonly artifactPlugins?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface PreparedJob {
  readonly workdir: string;
  readonly outputDir: string;
}

const workdirs: string[] = [];
const children: ChildProcess[] = [];

/** Ends what a failed test left running and removes the folders of all jobs. */
export async function removeJobs(): Promise<void> {
  for (const { pid } of children.splice(0)) endGroup(pid);
  const removed = workdirs.splice(0).map((folder) => rm(folder, { recursive: true, force: true }));
  await Promise.all(removed);
}

/** A folder for one job, gone after the tests. */
export async function newWorkdir(): Promise<string> {
  const workdir = await mkdtemp(join(tmpdir(), 'assay-runner-'));
  workdirs.push(workdir);
  return workdir;
}

export async function prepareJob(setup: JobSetup): Promise<PreparedJob> {
  const workdir = await newWorkdir();
  const outputDir = join(workdir, 'output');
  const pluginsDir = join(workdir, 'plugins');
  const artifactPluginsDir = join(workdir, 'artifact-plugins');
  await writeFiles(pluginsDir, setup.plugins ?? {});
  await writeFiles(artifactPluginsDir, setup.artifactPlugins ?? {});
  const job = {
    jobId: 7,
    experimentId: 3,
    config: setup.config,
    parameters: {},
    pluginsDir,
    artifactPluginsDir,
    artifactTasks: {},
    artifactInputs: {},
    outputDir,
    ...setup.overrides,
  };
  await writeFile(join(workdir, 'job.json'), JSON.stringify(job));
  return { workdir, outputDir };
}

/** A task graph of one step `go`, whose task is `go` of the plugin `trial`. */
export const oneStep = (more: Readonly<Record<string, unknown>> = {}) => ({
  tasks: { go: { plugin: 'trial.work.go', outputs: { value: 'any' } } },
  graph: { go: { task: 'go', args: [] } },
  ...more,
});

/** The plugin for `oneStep`, with `body` as the function's body. */
export const trialPlugin = (body: string): Record<string, string> => ({
  'trial/work.py': [
    'from dioptra import pyplugs',
    '@pyplugs.register',
    'def go():',
    ...body.split('\n').map((line) => `    ${line}`),
    '',
  ].join('\n'),
});

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

export interface RunnerOptions {
  readonly runtime?: RuntimeName;
  readonly withLogPipe?: boolean;
}

/** Starts it in a process group of its own, as the consumer does. */
export function startRunner(
  python: string,
  workdir: string,
  env: Readonly<Record<string, string>> = {},
  { runtime = 'dioptra', withLogPipe = true }: RunnerOptions = {},
): ChildProcess {
  const child = spawn(python, ['-B', join(runtimes, runtime, 'runner.py'), workdir], {
    cwd: workdir,
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', withLogPipe ? 'pipe' : 'ignore'],
  });
  children.push(child);
  return child;
}

/** Waits for the runner's end and reads everything it left behind. */
export async function outcomeOf(child: ChildProcess, workdir: string): Promise<Outcome> {
  const exit = once(child, 'exit');
  const [stdout, stderr, log] = await Promise.all(
    [child.stdout, child.stderr, child.stdio[3]].map((stream) =>
      stream instanceof Readable ? text(stream) : '',
    ),
  );
  const [code] = await exit;
  const written = await readFile(join(workdir, 'result.json'), 'utf8').catch(() => undefined);
  return {
    code: z.number().nullable().parse(code),
    result: written === undefined ? undefined : Result.parse(JSON.parse(written)),
    ...parseRecords(log ?? ''),
    stdout: stdout ?? '',
    stderr: stderr ?? '',
  };
}

export async function runJob(
  python: string,
  setup: JobSetup,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { workdir } = await prepareJob(setup);
  return outcomeOf(startRunner(python, workdir, env), workdir);
}

export function parseRecords(text: string): Records {
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  const last = Usage.safeParse(records.at(-1));
  const others = last.success ? records.slice(0, -1) : records;
  const progress: z.infer<typeof Progress>[] = [];
  const log: LogLine[] = [];
  for (const record of others) {
    const told = Progress.safeParse(record);
    if (told.success) progress.push(told.data);
    else log.push(LogLine.parse(record));
  }
  return { log, progress, usage: last.data?.usage };
}

export async function writeFiles(
  root: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), contents);
  }
}
