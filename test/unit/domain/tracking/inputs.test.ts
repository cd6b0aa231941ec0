import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRun,
  type DatasetInput,
  getRun,
  logInputs,
  logMetrics,
  logOutputs,
  sampleHistory,
  searchDatasets,
  searchRuns,
} from '#domain/tracking/index.ts';
import { newExperiment, openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

const newRun = async (experimentId: number): Promise<string> => {
  const input = { experimentId, user: 'alice', startTime: 1, tags: [] };
  return (await createRun(shop.alice, input)).run.id;
};

const dataset = (more: Partial<DatasetInput> = {}): DatasetInput => ({
  name: 'digits',
  digest: 'd1',
  sourceType: 'local',
  source: '{"uri":"file:///etc/passwd"}',
  tags: [{ key: 'mlflow.data.context', value: 'train' }],
  ...more,
});

describe('datasets of a run', () => {
  it('are shown with the run, found by their names, and listed once by what they were used for', async () => {
    const experimentId = await newExperiment(shop);
    const [first, second] = [await newRun(experimentId), await newRun(experimentId)];
    const schema = '{"columns":[]}';
    const other = dataset({ name: 'other', tags: [] });
    const sent = [dataset({ schema }), other, dataset({ source: 'not the first of its name' })];
    for (let time = 0; time < 2; time += 1) {
      await logInputs(shop.alice, { runId: first, datasets: sent, models: ['m-1', 'm-1'] });
    }
    await logInputs(shop.alice, { runId: second, datasets: [dataset()], models: [] });
    await logOutputs(shop.alice, { runId: first, models: [{ modelId: 'm-2', step: 3 }] });

    const { inputs } = await getRun(shop.alice, first);
    expect(inputs.models).toEqual(['m-1']);
    expect(inputs.outputs).toEqual([{ modelId: 'm-2', step: 3 }]);
    expect(inputs.datasets.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      {
        name: 'digits',
        digest: 'd1',
        tags: dataset().tags,
        content: { sourceType: 'local', source: dataset().source, schema },
      },
      {
        name: 'other',
        digest: 'd1',
        tags: [],
        content: { sourceType: 'local', source: dataset().source },
      },
    ]);
    const ask = { experimentIds: [experimentId], orderBy: [], view: 'active', limit: 9 } as const;
    const named = await searchRuns(shop.alice, { ...ask, filter: "dataset.name = 'other'" });
    expect(named.runs.map(({ run }) => run.id)).toEqual([first]);
    expect(named.runs[0]?.inputs).toEqual(inputs);
    const trained = await searchRuns(shop.alice, { ...ask, filter: "dataset.context = 'train'" });
    expect(trained.runs).toHaveLength(2);
    const uses = await searchDatasets(shop.alice, [experimentId, experimentId]);
    expect(uses.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { experimentId, name: 'digits', digest: 'd1', context: 'train' },
      { experimentId, name: 'other', digest: 'd1' },
    ]);
    expect(await searchDatasets(shop.carol, [experimentId])).toEqual([]);
  });

  it('may be large: what is beside the table is read with the run alone', async () => {
    const experimentId = await newExperiment(shop);
    const runId = await newRun(experimentId);
    const profile = 'x'.repeat(4 * 1024 * 1024);
    await logInputs(shop.alice, { runId, datasets: [dataset({ profile })], models: [] });

    expect((await getRun(shop.alice, runId)).inputs.datasets[0]?.content?.profile).toBe(undefined);
    const small = 'y'.repeat(1_000_000);
    const other = await newRun(experimentId);
    const datasets = [dataset({ digest: 'd2', profile: small })];
    await logInputs(shop.alice, { runId: other, datasets, models: [] });
    expect((await getRun(shop.alice, other)).inputs.datasets[0]?.content?.profile).toBe(small);
    const page = await searchRuns(shop.alice, {
      experimentIds: [experimentId],
      filter: `run_id = '${other}'`,
      orderBy: [],
      view: 'active',
      limit: 1,
    });
    expect(page.runs[0]?.inputs.datasets).toEqual([
      { name: 'digits', digest: 'd2', tags: dataset().tags },
    ]);
  });

  it.each([
    ['invalid', dataset({ name: 'x'.repeat(501) })],
    ['invalid', dataset({ digest: 'x'.repeat(37) })],
    ['invalid', dataset({ source: 'x'.repeat(65_536) })],
    ['invalid', dataset({ schema: 'x'.repeat(1_048_576) })],
    ['invalid', dataset({ name: '\ud800' })],
    ['invalid', dataset({ tags: [{ key: 'k', value: 'x'.repeat(501) }] })],
    ['too_large', dataset({ profile: 'x'.repeat(4 * 1024 * 1024 + 1) })],
  ])('are refused as %s beyond their bounds', async (code, wrong) => {
    const runId = await newRun(shop.experimentId);
    const call = logInputs(shop.alice, { runId, datasets: [wrong], models: [] });

    await expect(call).rejects.toMatchObject({ code });
    expect((await getRun(shop.alice, runId)).inputs.datasets).toEqual([]);
  });

  it.each([
    ['bob', 'forbidden'],
    ['carol', 'not_found'],
  ] as const)('are not for %s to log: %s', async (who, code) => {
    const runId = await newRun(shop.experimentId);
    const calls = [
      logInputs(shop[who], { runId, datasets: [dataset()], models: [] }),
      logOutputs(shop[who], { runId, models: [{ modelId: 'm-1', step: 0 }] }),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code });
  });
});

describe('a sample of a history', () => {
  it.each([
    [10, 100, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [10, 1, [9]],
    [10, 2, [0, 9]],
    [10, 3, [0, 4, 9]],
    [11, 4, [0, 3, 6, 10]],
    [0, 5, []],
  ])('of %i points, %i at most, is even and keeps the ends', async (count, most, steps) => {
    const runId = await newRun(shop.experimentId);
    const points = Array.from({ length: count }, (_, step) => ({
      key: 'loss',
      value: step / 2,
      step: BigInt(step),
      timestamp: BigInt(1_000 - step),
    }));
    await logMetrics(shop.alice, { runId, points });

    const sample = await sampleHistory(shop.alice, { runId, key: 'loss', most });
    expect(sample.map(({ step }) => Number(step))).toEqual(steps);
    const two = { from: 2n, to: 3n };
    const bounded = await sampleHistory(shop.alice, { runId, key: 'loss', most: 100, steps: two });
    expect(bounded.map(({ step }) => step)).toEqual(count > 3 ? [2n, 3n] : []);
  });
});
