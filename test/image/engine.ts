/** Docker, or what understands its commands: builds the worker's image and runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';

const PROGRAM = process.env.ASSAY_DOCKER ?? 'docker';
const IMAGE = 'assay-worker:test';

/** Why no image can be built here; undefined when one can. */
export function missingEngine(): string | undefined {
  const asked = spawnSync(PROGRAM, ['info'], { stdio: 'ignore', timeout: 20_000 });
  return asked.status === 0
    ? undefined
    : `"${PROGRAM} info" reaches no engine (ASSAY_DOCKER names another program)`;
}

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function docker(...args: readonly string[]): Promise<Answer> {
  const child = spawn(PROGRAM, args, {
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, stdout: stdout.trim(), stderr: stderr.trim() };
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await docker(...args);
  if (code !== 0) throw new Error(`${PROGRAM} ${args[0]}: ${stderr.slice(-2_000)}`);
  return stdout;
}

const given = (name: string, option: (value: string) => string[]): string[] => {
  const value = process.env[name];
  return value === undefined ? [] : option(value);
};

export async function buildImage(context: string): Promise<string> {
  await ok(
    'build',
    '--network=host',
    ...given('ASSAY_PYTHON_BASE', (base) => ['--build-arg', `PYTHON_BASE=${base}`]),
    ...given('ASSAY_NODE_BASE', (base) => ['--build-arg', `NODE_BASE=${base}`]),
    ...given('ASSAY_PIP_CONF', (file) => ['--secret', `id=pip,src=${file}`]),
    ...['--tag', IMAGE, context],
  );
  return IMAGE;
}

export interface Container {
  readonly id: string;
  /** When its process started, in milliseconds of this machine's clock. */
  readonly startedAt: number;
  logs(): Promise<string>;
  exec(...command: readonly string[]): Promise<Answer>;
  /** SIGTERM, as ECS sends it; gives the exit code. */
  stop(): Promise<number>;
  remove(): Promise<void>;
}

/** Runs the image as the task definition does: its own entry point, a root that is read-only. */
export async function runImage(
  image: string,
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<Container> {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const shape = ['--detach', '--network=host', '--read-only', '--stop-timeout=120', ...more];
  const id = await ok('run', ...shape, ...variables, image);
  const startedAt = Date.parse(await ok('inspect', '--format={{.State.StartedAt}}', id));
  return {
    id,
    startedAt,
    async logs() {
      const { stdout, stderr } = await docker('logs', id);
      return `${stdout}\n${stderr}`;
    },
    exec: (...command) => docker('exec', id, ...command),
    async stop() {
      await ok('stop', id);
      return Number(await ok('inspect', '--format={{.State.ExitCode}}', id));
    },
    remove: async () => void (await docker('rm', '--force', '--volumes', id)),
  };
}
