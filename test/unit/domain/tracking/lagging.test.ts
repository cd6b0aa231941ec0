import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRun,
  deleteRun,
  getRun,
  latestOf,
  logMetrics,
  restoreRun,
  searchRuns,
  seenEvenUnanswered,
  setTags,
  sweepRuns,
  updateRun,
} from '#domain/tracking/index.ts';
import { runKeys } from '#domain/tracking/run.items.ts';
import { indexKeys } from '#domain/tracking/run-index/index.items.ts';
import { type Cache, createCache } from '#kernel/cache.ts';
import { asSystem, type Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { type Table, update, type Write } from '#kernel/table.ts';
import { lateCopies } from '../../../support/late-copies.ts';
import { newExperiment, openWorkshop, type Workshop } from './support.ts';

/** Copies of the table are at most so late as the index counts on. */
const BEHIND_MS = 4_999;

let shop: Workshop;
let late: ReturnType<typeof lateCopies>;
let alice: Context;
beforeAll(async () => {
  shop = await openWorkshop();
  late = lateCopies(shop.platform.table, shop.clock, BEHIND_MS);
  alice = { ...shop.alice, table: late.table };
});
afterAll(async () => {
  late.close();
  await shop.close();
});

interface Truth {
  acc: number;
  team: string;
  ended: boolean;
  deleted: boolean;
  step: number;
}

/** `looks`: somebody searches after it. */
type Step = { readonly looks: boolean } & (
  | { readonly kind: 'write'; readonly by: 0 | 1; readonly run: number; readonly what: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'sweep' }
  /** Nobody writes until no run is marked any more. */
  | { readonly kind: 'calm' }
);

const anything = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    by: fc.constantFrom(0 as const, 1 as const),
    run: fc.nat({ max: 2 }),
    what: fc.nat({ max: 4 }),
  }),
  fc.record({
    kind: fc.constant('pass' as const),
    ms: fc.constantFrom(1, 1_000, 4_000, 9_000, 11_000, 21_000, 31_000),
  }),
  fc.record({ kind: fc.constant('sweep' as const) }),
  fc.record({ kind: fc.constant('calm' as const) }),
);
const anyStep: fc.Arbitrary<Step> = fc
  .tuple(anything, fc.boolean())
  .map(([step, looks]) => ({ ...step, looks }));

/** Writes something of a run, and what then is true. */
async function write(ctx: Context, runId: string, truth: Truth, what: number): Promise<void> {
  if (truth.deleted) {
    await restoreRun(ctx, runId);
    truth.deleted = false;
    return;
  }
  truth.step += 1;
  if (what === 0) {
    truth.acc = truth.step % 7;
    const point = { key: 'acc', value: truth.acc, step: BigInt(truth.step), timestamp: 1n };
    await logMetrics(ctx, { runId, points: [point] });
  } else if (what === 1) {
    truth.team = `team ${truth.step % 3}`;
    await setTags(ctx, { runId, tags: [{ key: 'team', value: truth.team }] });
  } else if (what === 2) {
    truth.ended = !truth.ended;
    await updateRun(ctx, { runId, status: truth.ended ? 'FINISHED' : 'RUNNING' });
  } else if (what === 3) {
    truth.deleted = true;
    await deleteRun(ctx, runId);
  }
}

describe('whatever processes write in whatever order, with the sweeper between', () => {
  it('searches see it at once and for good', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), async (steps) => {
        const experimentId = await newExperiment({ alice });
        // Two processes know only their own marks and scopes.
        const processes = [0, 1].map((): Context => {
          return { ...alice, cache: createCache(shop.clock) };
        }) as [Context, Context];
        const runs: { id: string; truth: Truth }[] = [];
        for (let start = 0; start < 3; start += 1) {
          const input = { experimentId, user: 'a', startTime: start, tags: [] };
          const { run } = await createRun(processes[0], input);
          runs.unshift({
            id: run.id,
            truth: { acc: -1, team: '', ended: false, deleted: false, step: 0 },
          });
        }
        // Searches are of a third process that knows nothing, or of one that has searched before.
        const remembering = createCache(shop.clock);
        let cache = remembering;
        const find = async (
          filter: string,
          view: 'active' | 'deleted' = 'active',
          orderBy: readonly string[] = [],
        ) => {
          const ask = { experimentIds: [experimentId], orderBy, limit: 9 };
          return (await searchRuns({ ...alice, cache }, { ...ask, filter, view })).runs;
        };
        const search = async (filter: string, view?: 'active' | 'deleted') =>
          (await find(filter, view)).map(({ run }) => run.id);
        const of = (fits: (truth: Truth) => boolean) =>
          runs.filter(({ truth }) => fits(truth)).map(({ id }) => id);
        const checkBy = async (by: Cache) => {
          cache = by;
          const live = (fits: (truth: Truth) => boolean) =>
            of((truth) => !truth.deleted && fits(truth));
          expect(await search('metrics.acc >= 3')).toEqual(live(({ acc }) => acc >= 3));
          expect(await search("tags.team = 'team 1'")).toEqual(
            live(({ team }) => team === 'team 1'),
          );
          expect(await search("status = 'FINISHED'")).toEqual(live(({ ended }) => ended));
          expect(await search('', 'deleted')).toEqual(of(({ deleted }) => deleted));
          const shown = (await find('', 'active')).map((detail) => [
            detail.tags.find(({ key }) => key === 'team')?.value ?? '',
            latestOf(detail)[0]?.value ?? -1,
          ]);
          const living = runs.filter(({ truth }) => !truth.deleted);
          expect(shown).toEqual(living.map(({ truth: { team, acc } }) => [team, acc]));
          // The way that reads cards of runs before it knows whether they lag behind.
          const team = await find("tags.team = 'team 1'", 'active', ['metrics.acc ASC']);
          expect(team.map((detail) => latestOf(detail)[0]?.value ?? 9)).toEqual(
            living
              .filter(({ truth }) => truth.team === 'team 1')
              .map(({ truth: { acc } }) => (acc === -1 ? 9 : acc))
              .sort(),
          );
        };
        const calm = async () => {
          for (const ms of [30_001, 5_001]) {
            shop.clock.advance(ms);
            await sweepRuns(asSystem(alice));
          }
        };
        const check = async () => {
          await checkBy(createCache(shop.clock));
          await checkBy(remembering);
        };
        for (const step of steps) {
          if (step.kind === 'pass') shop.clock.advance(step.ms);
          else if (step.kind === 'sweep') await sweepRuns(asSystem(alice));
          else if (step.kind === 'calm') await calm();
          else {
            const run = runs[step.run];
            const before = run?.truth.deleted;
            if (run) await write(processes[step.by], run.id, run.truth, step.what);
            if (step.looks) await check();
            // The other process may have the scope of five seconds ago.
            if (before !== run?.truth.deleted) shop.clock.advance(5_001);
          }
          if (step.looks) await check();
        }
        await calm();
        const marks = await shop.platform.table.query({ pk: indexKeys.marks(experimentId, 0) });
        expect(marks.items).toEqual([]);
        await check();
      }),
      { numRuns: process.env.FULL === '1' ? 300 : 40 },
    );
  }, 600_000);
});

describe('a write that nobody repeats', () => {
  const gone = new AppError('unavailable', 'The answer got lost.');
  /** Whether it is the mark of a run, and not a write of the run itself. */
  const isMark = (write: Write): boolean => write.kind === 'update' && write.aside === true;

  /** A run as it is after `status` was written, of which its mark or the answer got lost. */
  async function endRun(lost: 'mark' | 'answer') {
    const experimentId = await newExperiment({ alice });
    const { run } = await createRun(alice, { experimentId, user: 'a', startTime: 1, tags: [] });
    const calm = async () => {
      for (const ms of [30_001, 5_001]) {
        shop.clock.advance(ms);
        await sweepRuns(asSystem(alice));
      }
    };
    await calm();
    const write: Table['write'] = async (asked) => {
      if (isMark(asked) && lost === 'mark') throw gone;
      return alice.table.write(asked);
    };
    const table = { ...alice.table, write };
    const lossy = { ...alice, table, cache: createCache(shop.clock) };
    const ended = seenEvenUnanswered(lossy, { runId: run.id, experimentId }, async () => {
      await alice.table.write(
        update(runKeys.run(run.id), { set: { status: 'FINISHED', endTime: 2 } }),
      );
      if (lost === 'answer') throw gone;
    });
    await expect(ended).rejects.toThrow(gone);
    const find = async () => {
      const ask = { experimentIds: [experimentId], orderBy: [], limit: 9, view: 'active' } as const;
      const { runs } = await searchRuns(alice, { ...ask, filter: "status = 'FINISHED'" });
      return runs.length;
    };
    const { status } = (await getRun(alice, run.id)).run;
    return { status, find, calm };
  }

  it('is seen by searches though its answer got lost, at once and for good', async () => {
    const { status, find, calm } = await endRun('answer');

    expect(status).toBe('FINISHED');
    expect(await find()).toBe(1);
    await calm();
    expect(await find()).toBe(1);
  });

  it('is not done where the run cannot be marked', async () => {
    const { status, find } = await endRun('mark');

    expect(status).toBe('RUNNING');
    expect(await find()).toBe(0);
  });
});
