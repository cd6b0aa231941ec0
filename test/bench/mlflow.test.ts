/** The suite's own pieces, without the original: what is judged, what is asked, how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missesOf } from './beside/report.ts';
import { apiOf } from './core/api.ts';
import { SERVER_FLAGS } from './core/peers.ts';
import type { Cell } from './frame/peer.ts';
import { judgeMlflow } from './mlflow/beside.ts';
import { expectedIds, PAGE, runRows } from './mlflow/rows.ts';
import { HISTORY, LOG_100, searchOf, stagesOf } from './mlflow/scenarios.ts';
import { worldAt } from './mlflow/world.ts';

const cell = (scenario: string, peer: string, figures: Partial<Cell> & { rate: number }): Cell => ({
  scenario,
  clients: 8,
  peer,
  requests: 1_000,
  perSecond: { median: figures.rate, least: figures.rate, most: figures.rate },
  p50Ms: 1,
  p99Ms: 2,
  clientCpuMsPerRequest: 0.1,
  ...figures,
});

const [FEW, MORE, MOST] = [100, 10_000, 100_000].map(searchOf);
const ALL = stagesOf(100, [10_000, 100_000]).flatMap(({ scenarios }) => scenarios);

describe('the goals', () => {
  it('are set for every row but the largest search, and for growth and memory', () => {
    const verdicts = judgeMlflow([], ALL);

    const goals = verdicts.map(({ peer, scenario, goal }) => [peer, scenario, goal]);
    expect(goals).toHaveLength(2 * (8 + 2));
    expect(goals).toContainEqual(['embedded', 'search of 10,000', 500]);
    expect(goals).toContainEqual(['lambda', 'get-history of 10,000 points', 10]);
    expect(goals).toContainEqual(['lambda', 'p50 of search of 100,000 for that of 100', 1.3]);
    expect(goals).toContainEqual(['embedded', 'memory', 0.25]);
    expect(verdicts.every(({ met }) => !met)).toBe(true);
    expect(missesOf(verdicts)).toContain('embedded, memory: not measured of ≤ 0.25×');
  });

  it('limit how the median grows from the smallest experiment to the largest', () => {
    const p50 = (scenario: string, p50Ms: number) => cell(scenario, 'embedded', { rate: 1, p50Ms });
    const growth = (most: number) =>
      judgeMlflow(
        [p50(FEW?.name ?? '', 2), p50(MORE?.name ?? '', 9), p50(MOST?.name ?? '', most)],
        ALL,
      ).filter(({ scenario, peer }) => scenario.startsWith('p50') && peer === 'embedded');

    expect(growth(2.6)).toEqual([expect.objectContaining({ ratio: 1.3, met: true })]);
    expect(growth(2.7)).toEqual([expect.objectContaining({ ratio: 1.35, met: false })]);
  });

  it('leave growth out of a run without a larger experiment', () => {
    const scenarios = stagesOf(100, []).flatMap((stage) => stage.scenarios);

    expect(judgeMlflow([], scenarios).some(({ scenario }) => scenario.startsWith('p50'))).toBe(
      false,
    );
  });

  it('say of a missed row what the calls of its store alone reach, if that misses it too', () => {
    const [create] = stagesOf(100, []).flatMap(({ scenarios }) =>
      scenarios.filter(({ name }) => name === 'experiments/create'),
    );
    const { name = '' } = create ?? {};
    const missed = (alone: number) => {
      const rates = { mlflow: 100, lambda: 200, 'calls alone': alone };
      const cells = Object.entries(rates).map(([peer, rate]) => cell(name, peer, { rate }));
      return missesOf(judgeMlflow(cells, ALL)).find((line) => line.startsWith(`lambda, ${name}`));
    };

    expect(missed(299)).toBe(
      'lambda, experiments/create: 2× of ≥ 3× (the calls of its store alone: 2.99×)',
    );
    expect(missed(300)).toBe('lambda, experiments/create: 2× of ≥ 3×');
  });

  it('compare the most memory of any row, of a function that of one environment', () => {
    const rss = (scenario: string, peer: string, rssMb: number) =>
      cell(scenario, peer, { rate: 1, rssMb });
    const cells = [
      rss(HISTORY.name, 'mlflow', 1_000),
      rss(LOG_100.name, 'mlflow', 1_200),
      rss(HISTORY.name, 'embedded', 200),
      rss(LOG_100.name, 'embedded', 300),
      { ...rss(HISTORY.name, 'lambda', 602), processes: 2 },
    ];

    const memory = judgeMlflow(cells, ALL).filter(({ scenario }) => scenario === 'memory');

    expect(memory).toEqual([
      { scenario: 'memory', peer: 'embedded', goal: 0.25, most: true, ratio: 0.25, met: true },
      { scenario: 'memory', peer: 'lambda', goal: 0.25, most: true, ratio: 0.2508, met: false },
    ]);
  });
});

describe.each([100, 10_000, 100_000])('of %d runs', (count) => {
  const rows = [...runRows(count)];

  it('no two have the same value of a metric, and three of four are found', () => {
    const values = rows.map(({ metrics }) => metrics.acc ?? 0);

    expect(new Set(values).size).toBe(count);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
    expect(values.filter((value) => value > 0.25)).toHaveLength(count * 0.75);
  });

  it('the page holds the best, the best first', () => {
    const byId = new Map(rows.map(({ id, metrics }) => [id, metrics.acc ?? 0]));

    const values = expectedIds(count).map((id) => byId.get(id) ?? 0);

    expect(values).toHaveLength(PAGE);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(values[0]).toBeCloseTo(1, 1);
  });
});

describe('an answer', () => {
  /** A server that answers everything else well. */
  const checking = async (answer: object, status = 200) => {
    const api = apiOf(async (path) => {
      const wanted = path.includes('runs/search');
      const other = { experiment_id: '7', run: { info: { run_id: 'r', status: 'RUNNING' } } };
      return new Response(JSON.stringify(wanted ? answer : other), {
        status: wanted ? status : 200,
      });
    });
    const { check } = await worldAt(api, '3', 100);
    return check?.(searchOf(100).name);
  };
  const runs = expectedIds(100).map((id) => ({ info: { run_id: id } }));
  const more = { next_page_token: 'more' };

  it('passes with its runs in order', async () => {
    await expect(checking({ runs, ...more })).resolves.toBeUndefined();
  });

  it.each([
    ['a run less', { runs: runs.slice(1), ...more }],
    ['another order', { runs: runs.toReversed(), ...more }],
    ['a page after which nothing comes', { runs }],
    ['nothing', {}],
  ])('is refused when it is %s', async (_, answer) => {
    await expect(checking(answer)).rejects.toThrow('is not');
  });

  it('is refused when it is an error', async () => {
    await expect(checking({ runs }, 500)).rejects.toThrow('runs/search: 500');
  });
});

it('the embedded server is started by the flags of npm start', async () => {
  const bootstrap = await readFile(
    new URL('../../infra/local/bootstrap.mjs', import.meta.url),
    'utf8',
  );
  const [, flags] = /serverFlags = (\[.*\]);/.exec(bootstrap) ?? [];

  expect(flags?.replaceAll("'", '"')).toBe(JSON.stringify(SERVER_FLAGS));
});

describe('npm run bench -- mlflow', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-mlflow-bench-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = async (env: NodeJS.ProcessEnv, only: string) => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const args = [main, 'mlflow', '--quick', '--no-save', '--only', only];
    const child = spawn(process.execPath, args, { env: { ...env, TMPDIR: folder }, stdio: 'pipe' });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
      });
    }
    const [code] = await once(child, 'close');
    return { code, printed };
  };

  it('measures Assay without Python and Java, but says what is missing and fails', async () => {
    const { ASSAY_PYTHON: _, ...env } = process.env;

    const { code, printed } = await run({ ...env, PATH: dirname(process.execPath) }, 'search');

    expect(code, printed).toBe(1);
    expect(printed).toContain('mlflow is left out: python3 is not installed.');
    expect(printed).toMatch(/search of 100 +2 +embedded +[\d,]+/);
    expect(printed).toContain('MISSED: The original was left out.');
  });

  it.runIf(process.env.FULL === '1')(
    'asks a real server the same',
    { timeout: 900_000 },
    async () => {
      const { code, printed } = await run(process.env, '');

      expect(code, printed).toBe(0);
      for (const peer of ['mlflow', 'embedded']) {
        expect(printed).toMatch(new RegExp(`log-batch of 1,000 +2 +${peer} +[\\d,.]+`));
      }
    },
  );
});
