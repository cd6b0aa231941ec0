/** The original: Dioptra from PyPI as it deploys itself, but with SQLite, which needs no server. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillBy } from '../frame/pypi-fill.ts';
import type { PypiServer } from '../frame/pypi-peer.ts';
import { type Row, rowTexts } from './rows.ts';
import { USER, worldAt } from './world.ts';

export const ORIGINAL = 'dioptra';

/** Of 2, 4 and 7 processes on two cores, with and without threads, this answered most. */
const WORKERS = 2 * cpus().length;

const APP = 'dioptra.restapi.app:create_app';
const FILL = fileURLToPath(new URL('./fill.py', import.meta.url));

interface Filled {
  readonly group: number;
  readonly ids: readonly number[];
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
      const input = JSON.stringify({ user: registered, rows: texts });
      filled = await fillBy<Filled>(place, FILL, [input]);
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
