/** The original: Dioptra from PyPI as it deploys itself, but with SQLite, which needs no server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place, PypiServer } from '../frame/pypi-peer.ts';
import { ORIGINAL } from './goals.ts';
import { type Row, rowTexts } from './rows.ts';
import { USER, worldAt } from './world.ts';

/** Of 2, 4 and 7 processes on two cores, with and without threads, this answered most. */
const WORKERS = 2 * cpus().length;

const APP = 'dioptra.restapi.app:create_app';
const FILL = fileURLToPath(new URL('./fill.py', import.meta.url));

interface Filled {
  readonly group: number;
  readonly ids: readonly number[];
}

/** Makes database, user and rows by the original's own code, in its environment. */
async function fillByModels({ python, env, folder }: Place, input: object): Promise<Filled> {
  const child = spawn(python, [FILL], { cwd: folder, env: { ...env }, stdio: 'pipe' });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.err += chunk;
  });
  child.stdin.end(JSON.stringify(input));
  const [code] = await once(child, 'close');
  if (code === 0) return JSON.parse(printed.out);
  throw new Error(`Dioptra could not be filled (${code}):\n${printed.err.slice(-2_000)}`);
}

export function dioptraServer(count: number): PypiServer {
  const texts = rowTexts(count).slice(0, -1);
  let filled: Filled = { group: 0, ids: [] };
  return {
    name: ORIGINAL,
    requirements: ['dioptra-platform==1.2.2'],
    stores: [
      {
        program: 'redis-server',
        install:
          'It is the package redis-server of Debian and Ubuntu (apt-get install redis-server).',
        args: (port) => ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', '.'],
      },
    ],
    env: ({ folder, storePorts }) => ({
      DIOPTRA_RESTAPI_ENV: 'prod',
      DIOPTRA_RESTAPI_DATABASE_URI: `sqlite:///${join(folder, 'dioptra.db')}`,
      DIOPTRA_DEPLOY_SECRET_KEY: 'bench',
      MLFLOW_TRACKING_URI: `file://${join(folder, 'mlruns')}`,
      MLFLOW_ALLOW_FILE_STORE: 'true',
      RQ_REDIS_URI: `redis://127.0.0.1:${storePorts[0]}/0`,
      // It makes an S3 client for each process, which nothing here calls.
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_DEFAULT_REGION: 'us-east-1',
    }),
    setUp: async (place) => {
      const { password, ...user } = USER;
      const registered = { ...user, password, confirmPassword: password };
      filled = await fillByModels(place, { user: registered, rows: texts });
    },
    command: ({ port }) => [
      ...(['python', '-m', 'dioptra.restapi.cli.gunicorn'] as const),
      ...['--bind', `127.0.0.1:${port}`, '--workers', `${WORKERS}`, '--timeout', '60'],
      `${APP}()`,
    ],
    readyPath: '/health',
    prepare: ({ url }) =>
      worldAt(url, async () => {
        const rows = texts.map((text, at): Row => ({ ...text, id: filled.ids[at] ?? 0 }));
        return { group: filled.group, rows };
      }),
    notes: [
      `${ORIGINAL}: dioptra-platform 1.2.2 in its production settings under its own gunicorn start, ` +
        `${WORKERS} synchronous workers (two for each core; its container has 7) that are never ` +
        'renewed (there each is after 1,000 requests), SQLite made by its migrations, Redis without ' +
        'saving; rows put in by its own models, the rest through its API.',
    ],
  };
}
