/** The original: `mlflow server` from PyPI as people start it, on SQLite. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureMlflowServerPython } from '../../../infra/local/sample/python.ts';
import { apiOf, overHttp } from '../core/api.ts';
import { fillBy } from '../frame/pypi-fill.ts';
import type { PypiServer } from '../frame/pypi-peer.ts';
import { runRows } from './rows.ts';
import { SLOW_ROWS, searchOf } from './scenarios.ts';
import { worldAt } from './world.ts';

export const ORIGINAL = 'mlflow';

const FILL = fileURLToPath(new URL('./fill.py', import.meta.url));
const EXPERIMENT = 'searched';

interface Filled {
  readonly experiment: string;
}

const storeIn = (folder: string): string => `sqlite:///${join(folder, 'mlflow.db')}`;

function* linesOf(folder: string, rows: number): Generator<string> {
  const head = { uri: storeIn(folder), root: 'mlflow-artifacts:', experiment: EXPERIMENT };
  yield `${JSON.stringify(head)}\n`;
  for (const row of runRows(rows)) yield `${JSON.stringify(row)}\n`;
}

export function mlflowServer(rows: number): PypiServer {
  let searched = '';
  const slow = new Set(rows >= SLOW_ROWS ? [searchOf(rows).name] : []);
  return {
    name: ORIGINAL,
    requirements: ensureMlflowServerPython,
    env: () => ({
      MLFLOW_DISABLE_TELEMETRY: 'true',
      // Seven further processes for jobs that nobody asks for here.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    }),
    setUp: async (place) => {
      const filled = await fillBy<Filled>(place, FILL, linesOf(place.folder, rows));
      searched = filled.experiment;
    },
    command: ({ port, folder }) => [
      ...(['mlflow', 'server', '--backend-store-uri', storeIn(folder)] as const),
      ...['--host', '127.0.0.1', '--port', `${port}`],
    ],
    readyPath: '/health',
    prepare: async ({ url }) => ({
      headers: {},
      slow,
      stumbles: true,
      ...(await worldAt(apiOf(overHttp(url)), searched, rows, { slow, oneByOne: true })),
    }),
    notes: [
      `${ORIGINAL}: mlflow 3.17.2 as \`mlflow server\` starts it (four workers) on SQLite, but without ` +
        'the seven processes of its job runner, which have another 1.6 GB; runs put in by its own models, the rest through ' +
        'its API. No ANALYZE, as nothing ever runs it there. A search of 10,000 takes it seconds, ' +
        'so it is measured in one round; one of 100,000 took it 11 minutes here, so it is not asked that. ' +
        'Without Flask-WTF, which it does not install, each search tries in vain to load its module of permissions ' +
        '(some 10 ms), and of searches at the same time a few in a thousand fail with 500; with 32 clients some writes ' +
        'find none of its connections to SQLite for 30 s. Calls that failed are not counted.',
    ],
  };
}
