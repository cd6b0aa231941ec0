/** The suite's own pieces, without the original: what is judged, what is said, how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ratioOf } from './beside/goals.ts';
import { besideReport, missesOf } from './beside/report.ts';
import { apiOf } from './core/api.ts';
import { judgeDioptra as judge } from './dioptra/beside.ts';
import { expectedIds, type Row, rowTexts, searches } from './dioptra/rows.ts';
import { GET, listOf, stagesOf } from './dioptra/scenarios.ts';
import { checkAnswer } from './dioptra/world.ts';
import type { Cell } from './frame/peer.ts';

const cell = (scenario: string, clients: number, peer: string, perSecond: number): Cell => ({
  scenario,
  clients,
  peer,
  requests: 1_000,
  perSecond: { median: perSecond, least: perSecond, most: perSecond },
  p50Ms: 1,
  p99Ms: 2,
  clientCpuMsPerRequest: 0.1,
});

const LIST = listOf(1_000);
const cells = [
  cell(GET.name, 8, 'dioptra', 100),
  cell(GET.name, 8, 'embedded', 2_000),
  cell(GET.name, 8, 'lambda', 299),
  cell(LIST.name, 8, 'dioptra', 50),
  cell(LIST.name, 8, 'embedded', 1_999),
  cell(LIST.name, 32, 'lambda', 5_000),
];

describe('the goals', () => {
  it('are met from exactly their ratio on, each kind by its own', () => {
    expect(judge(cells, [GET])).toEqual([
      { scenario: GET.name, peer: 'embedded', goal: 20, ratio: 20, met: true },
      { scenario: GET.name, peer: 'lambda', goal: 3, ratio: 2.99, met: false },
    ]);
  });

  it('count what was not measured at 8 clients as missed, and round nothing up', () => {
    const verdicts = judge(cells, [LIST]);

    expect(verdicts).toEqual([
      { scenario: LIST.name, peer: 'embedded', goal: 40, ratio: 39.98, met: false },
      { scenario: LIST.name, peer: 'lambda', goal: 10, met: false },
    ]);
    expect(missesOf(verdicts)).toEqual([
      'embedded, list 10 of 1,000: 39.98× of ≥ 40×',
      'lambda, list 10 of 1,000: not measured of ≥ 10×',
    ]);
  });

  it('are set for every row of both stages', () => {
    const scenarios = stagesOf(1_000, 10_000).flatMap((stage) => stage.scenarios);

    const goals = judge([], scenarios).map(({ peer, goal, scenario }) => [peer, scenario, goal]);

    expect(goals).toHaveLength(2 * 7);
    expect(goals).toContainEqual(['embedded', 'list 10 of 10,000', 40]);
    expect(goals).toContainEqual(['embedded', 'search free text', 40]);
    expect(goals).toContainEqual(['lambda', 'search by name', 3]);
    expect(goals).toContainEqual(['lambda', 'POST job', 3]);
  });

  it('compare with the original in the same row alone', () => {
    expect(ratioOf(cells, cell(GET.name, 1, 'embedded', 1), 'dioptra')).toBeUndefined();
    expect(ratioOf(cells, cell(GET.name, 8, 'embedded', 250), 'dioptra')).toBe(2.5);
  });
});

it('the report shows each ratio, each verdict and what the servers are', () => {
  const verdicts = judge(cells, [GET]);
  const results = { original: 'dioptra', cells, verdicts, notes: ['a note'], complete: true };

  const report = besideReport(results);

  expect(report).toMatch(/GET experiment +8 +embedded +2,000 .* 20 /);
  expect(report).toMatch(/GET experiment +lambda +2\.99× +≥ 3× +NO/);
  expect(report).toContain('- a note');
  expect(besideReport({ ...results, verdicts: [] })).toContain('Not judged');
});

describe.each([40, 1_000, 10_000])('of %d rows', (count) => {
  const rows = rowTexts(count).map((text, at): Row => ({ ...text, id: 7 + at }));

  it('each search finds ten, and the page is the middle one', () => {
    const { page, byName, freeText } = expectedIds(rows);

    expect(new Set(rows.map(({ name }) => name)).size).toBe(count);
    expect(page).toEqual(Array.from({ length: 10 }, (_, at) => 7 + count / 2 + at));
    expect(byName).toHaveLength(10);
    expect(freeText).toHaveLength(10);
  });

  it('the text of the search by name is the start of what it finds', () => {
    const [, start = ''] = /^name:"(.*)\*"$/.exec(searches(count).byName) ?? [];

    const found = rows.filter(({ name }) => name.startsWith(start));

    expect(found.map(({ id }) => id)).toEqual(expectedIds(rows).byName);
  });
});

describe('an answer', () => {
  const answering = (status: number, body: object) =>
    apiOf(async () => new Response(JSON.stringify(body), { status }));
  const request = { method: 'GET', path: '/rows' } as const;
  const expected = { ids: [7, 8], total: 2 };
  const right = { totalNumResults: 2, data: [{ id: 7 }, { id: 8 }] };

  it('passes with its rows', async () => {
    await expect(checkAnswer(answering(200, right), request, expected)).resolves.toBeUndefined();
  });

  it.each([
    ['an error', 500, right],
    ['an error page with the right status', 200, { message: 'Internal Server Error' }],
    ['another total', 200, { ...right, totalNumResults: 3 }],
    ['rows of others', 200, { ...right, data: [{ id: 7 }, { id: 9 }] }],
    ['a row less', 200, { ...right, data: [{ id: 7 }] }],
  ])('is refused when it is %s', async (_, status, body) => {
    await expect(checkAnswer(answering(status, body), request, expected)).rejects.toThrow(
      'GET /rows: ',
    );
  });
});

describe('npm run bench -- dioptra', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-dioptra-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('measures Assay without Redis and Java, but says what is missing and fails', async () => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const env = { ...process.env, TMPDIR: folder, PATH: dirname(process.execPath) };
    const args = [main, 'dioptra', '--quick', '--no-save', '--only', 'GET'];
    const child = spawn(process.execPath, args, { env, stdio: 'pipe' });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
      });
    }

    const [code] = await once(child, 'close');

    expect(code, printed).toBe(1);
    expect(printed).toContain('dioptra is left out: redis-server is not installed.');
    expect(printed).toContain('apt-get install redis-server');
    expect(printed).toMatch(/GET experiment +2 +embedded +[\d,]+/);
    expect(printed).toContain('MISSED: The original was left out.');
  });
});
