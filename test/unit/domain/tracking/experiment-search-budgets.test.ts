import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Experiment, experimentKind } from '#domain/experiments/index.ts';
import { foldList, listWrite } from '#domain/resources/list/index.ts';
import { currentItem } from '#domain/resources/resource.items.ts';
import { listedSummary } from '#domain/resources/summary.ts';
import { taggedList, tagWrites } from '#domain/tracking/experiments/experiment.items.ts';
import { searchExperiments } from '#domain/tracking/index.ts';
import type { Usage } from '#kernel/meter.ts';
import { put, type Write } from '#kernel/table.ts';
import { openWorkshop, type Workshop } from './support.ts';

type Put = Extract<Write, { kind: 'put' }>;
const FIRST = 1_000;
const WORDS = 'attack defence patch sweep noise epsilon baseline robust image audio'.split(' ');
const wordOf = (n: number): string => WORDS[(n * 31 + (n >> 3)) % WORDS.length] ?? '';

function sample(n: number): Experiment {
  const createdOn = 1_700_000_000_000 + n * 61_337;
  return {
    id: FIRST + n,
    type: 'experiment',
    groupId: 1,
    createdOn,
    snapshot: FIRST + n,
    snapshotBy: 1,
    snapshotOn: createdOn + ((n * 7_919) % 600_000),
    revision: 1,
    snapshots: 1,
    data: { name: `${wordOf(n)}-${wordOf(n + 3)}-${n}`, description: '' },
    links: {},
    kept: { madeBy: 'mlflow' },
  };
}

/** Each third has two tags. */
function tagsOf(n: number): readonly Put[] {
  if (n % 3 > 0) return [];
  const first = [
    { key: 'team', value: wordOf(n) },
    { key: 'owner', value: `person ${n % 50}` },
  ];
  const change = { experimentId: FIRST + n, groupId: 1, item: undefined, before: [] };
  return tagWrites({ ...change, after: [first] }).flatMap((write) =>
    write.kind === 'put' ? [put(write.item) as Put] : [],
  );
}

const LIVE = '1#experiment';

async function fill(shop: Workshop, count: number): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const some = Array.from({ length: Math.min(500, count - from) }, (_, at) => from + at);
    await shop.platform.table.bulk(
      some.flatMap((n) => {
        const experiment = sample(n);
        const entry = {
          id: experiment.id,
          version: 1,
          position: experiment.snapshot,
          was: null,
          summary: listedSummary(experimentKind, experiment),
        };
        const row = put(currentItem(experiment, { data: { ...experiment.data } })) as Put;
        return [row, listWrite(LIVE, entry) as Put, ...tagsOf(n)];
      }),
    );
    for (const list of [LIVE, taggedList(1)]) await foldList(shop.alice, list);
  }
}

describe.each([100, 1_000, 10_000])('a search of some %i experiments', (count) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop();
    await fill(shop, count);
  }, 120_000);
  afterAll(() => shop.close());

  async function cost(
    input: Partial<Parameters<typeof searchExperiments>[1]>,
    options: { readonly cold?: boolean } = {},
  ): Promise<Usage & { readonly found: number }> {
    if (options.cold === true) shop.platform.cache.clear();
    shop.meter.reset();
    const asked = { view: 'active', filter: '', orderBy: [], limit: 25, ...input } as const;
    const { experiments } = await searchExperiments(shop.alice, asked);
    return { ...shop.meter.snapshot(), found: experiments.length };
  }

  const GATEWAY = 'tags.`mlflow.experiment.isGateway` IS NULL';

  it.each([
    ['in default order', {}],
    ['by the last change', { orderBy: ['last_update_time DESC'], filter: GATEWAY }],
    ['by a tag that few have', { filter: "tags.owner = 'person 3'" }],
    ['by a name that few have', { filter: "name LIKE '%-7'" }],
    ['for all of it', { limit: 1_000 }],
  ])('%s takes 3 trips and 0.02 read units a row at first, then 1 trip', async (_, input) => {
    const first = await cost(input, { cold: true });
    const again = await cost(input);

    expect(first.found).toBeGreaterThan(0);
    expect(first.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(first.readUnits).toBeLessThanOrEqual(Math.max(0.02 * count, 12));
    expect(again.found).toBe(first.found);
    expect(again.sequentialRoundTrips).toBe(1);
    expect(again.readUnits).toBeLessThanOrEqual(4);
    expect([first.writeUnits, again.writeUnits]).toEqual([0, 0]);
  });

  it('takes milliseconds, once this process has seen the lists', async () => {
    await cost({ filter: GATEWAY });
    const start = performance.now();
    for (let times = 0; times < 5; times += 1) {
      await cost({ filter: GATEWAY, orderBy: ['name ASC'] });
    }

    expect((performance.now() - start) / 5).toBeLessThan(250);
  });

  it('goes through all of them in pages', async () => {
    const seen = new Set<number>();
    let after: string | undefined;
    do {
      const page = await searchExperiments(shop.alice, {
        view: 'active',
        filter: '',
        orderBy: ['name DESC'],
        limit: Math.ceil(count / 7),
        ...(after === undefined ? {} : { after }),
      });
      for (const { id } of page.experiments) seen.add(id);
      after = page.next;
    } while (after !== undefined);

    // Those of the workshop, too: one, and that of the group.
    expect(seen.size).toBe(count + 2);
  });
});
