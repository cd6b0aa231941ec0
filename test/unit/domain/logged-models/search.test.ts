import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchLoggedModels } from '#domain/logged-models/index.ts';
import { metricWrite, newModelItems } from '#domain/logged-models/logged-model.items.ts';
import type { LoggedModel } from '#domain/logged-models/schemas.ts';
import type { Item } from '#kernel/table.ts';
import { openWorkshop, type Workshop } from '../tracking/support.ts';

const COUNT = 3_000;
const METRICS = ['acc', 'loss'];

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  for (let from = 0; from < COUNT; from += 500) {
    const items = Array.from({ length: 500 }, (_, at) => itemsOf(from + at)).flat();
    await shop.platform.table.bulk(items.map((item) => ({ kind: 'put' as const, item })));
  }
});
afterAll(() => shop.close());

/** A model with two params, a tag and two metrics, made a millisecond after the one before. */
function itemsOf(n: number): readonly Item[] {
  const model: LoggedModel = {
    id: `m-${n.toString(16).padStart(32, '0')}`,
    experimentId: shop.experimentId,
    groupId: 1,
    name: `model ${n % 10}`,
    type: '',
    sourceRunId: '',
    status: 'READY',
    createdOn: 1_700_000_000_000 + n,
    updatedOn: 1_700_000_000_000 + n,
    ...(n % 50 === 0 ? { deletedOn: 1 } : {}),
  };
  const params = ['lr', 'depth'].map((key) => ({ key, value: String(n % 7) }));
  const metrics = METRICS.map((key, at) => ({
    key,
    runId: 'r'.repeat(32),
    value: (n * 7919) % 10_007,
    timestamp: BigInt(at),
    step: 0n,
  }));
  return [
    ...newModelItems(model, params, [{ key: 'team', value: 'a' }]),
    ...metrics.map((metric) => metricWrite(model, metric)),
  ].flatMap((write) => (write.kind === 'put' ? [write.item] : []));
}

const ask = (more: object) =>
  searchLoggedModels(shop.alice, {
    experimentIds: [shop.experimentId],
    filter: '',
    datasets: [],
    orderBy: [],
    limit: 50,
    ...more,
  });

async function counted<T>(act: () => Promise<T>) {
  // Who may see the experiment is known for some seconds.
  await ask({ limit: 1 });
  shop.meter.reset();
  const result = await act();
  return { result, usage: shop.meter.snapshot() };
}

describe('a search of 3,000 logged models', () => {
  it('reads for a page in the default order what the page holds', async () => {
    const { result, usage } = await counted(() => ask({}));

    expect(result.models).toHaveLength(50);
    expect(result.models[0]?.model.createdOn).toBe(1_700_000_000_000 + COUNT - 1);
    expect(result.models[0]?.metrics).toHaveLength(2);
    expect(usage.sequentialRoundTrips).toBe(1);
    expect(usage.readUnits).toBeLessThan(40);
  });

  it('visits every model that is not deleted once, page by page', async () => {
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const page = await ask({ limit: 700, ...(after === undefined ? {} : { after }) });
      seen.push(...page.models.map(({ model }) => model.createdOn));
      after = page.next;
    } while (after !== undefined);

    expect(seen).toHaveLength(COUNT * 0.98);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
  });

  it('orders by a metric in few trips', async () => {
    const orderBy = [{ fieldName: 'metrics.acc', ascending: false }];
    const { result, usage } = await counted(() => ask({ orderBy }));

    const values = result.models.map(
      ({ metrics }) => metrics.find(({ key }) => key === 'acc')?.value,
    );
    expect(values).toEqual([...values].sort((a, b) => Number(b) - Number(a)));
    expect(values).toHaveLength(50);
    expect(usage.sequentialRoundTrips).toBeLessThanOrEqual(6);
    expect(usage.readUnits).toBeLessThan(600);
  });

  it('filters', async () => {
    const filter = "name = 'model 3' AND params.lr = '5' AND metrics.acc > 5000";
    const { models } = await ask({ filter });

    expect(models.length).toBeGreaterThan(5);
    expect(models.every(({ model }) => model.name === 'model 3')).toBe(true);
  });
});
