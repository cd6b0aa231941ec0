/** Whoever asks, approves, rejects, cancels and changes at once: nothing is applied twice or lost. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approveChange,
  cancelChange,
  changeFlag,
  createFlag,
  type FlagFields,
  findFlag,
  listChanges,
  rejectChange,
  setPolicy,
} from '#domain/flags/index.ts';
import { createCache } from '#kernel/cache.ts';
import type { Actor, Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import '../../../support/property-seed.ts';

const groupId = 9;
const APPROVERS = [101, 102, 103];
const ASKERS = [201, 202];
let app: TestApp;
beforeAll(async () => {
  app = testApp();
  await setPolicy(app.system, groupId, {
    approvers: APPROVERS,
    quorum: 2,
    allowSelfApprove: false,
    bypassLevels: [],
    expiresAfter: 3_600,
    enabled: true,
  });
});
afterAll(() => app.close());

/** Somebody in a process of their own. */
function as(userId: number): Context {
  const flags = { read: true, write: true, shareRead: false, shareWrite: false };
  const membership = {
    groupId,
    groupName: 'group',
    flags: { ...flags, owner: false, admin: false },
  };
  const actor: Actor = {
    kind: 'user',
    userId,
    username: `user-${userId}`,
    memberships: new Map([[groupId, membership]]),
  };
  return { ...app.system, actor, cache: createCache(app.clock) };
}

type Op =
  | { readonly kind: 'ask'; readonly by: number; readonly share: number }
  | { readonly kind: 'change'; readonly share: number }
  | { readonly kind: 'approve' | 'reject'; readonly by: number; readonly which: number }
  | { readonly kind: 'cancel'; readonly by: number; readonly which: number };

const share = fc.integer({ min: 1, max: 5 });
const which = fc.integer({ min: 0, max: 2 });
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('ask'), by: fc.constantFrom(...ASKERS), share }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change'), share }) },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('approve'),
      by: fc.constantFrom(...APPROVERS),
      which,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reject'), by: fc.constantFrom(...APPROVERS), which }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel'), by: fc.constantFrom(...ASKERS), which }),
  },
);

const filters = (rollout_percentage: number): FlagFields['filters'] => ({
  groups: [{ properties: [], rollout_percentage }],
});

const EXPECTED = ['approval_required', 'change_request', 'forbidden', 'write_conflict'];
const tolerated = (error: unknown): undefined => {
  if (error instanceof AppError && EXPECTED.includes(error.reason)) return undefined;
  throw error;
};

describe('approvals under a storm', () => {
  it('apply each request once at most, and every change is counted', async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(op, { minLength: 4, maxLength: 8 }), { minLength: 3, maxLength: 6 }),
        async (waves) => {
          const { id } = await createFlag(app.system, {
            groupId,
            key: `storm-${app.system.ids.hex32()}`,
            filters: filters(50),
          });
          const requests = async () =>
            (await listChanges(app.system, groupId))
              .filter(({ flagId }) => flagId === id)
              .toReversed();
          let direct = 0;
          const run = async (each: Op): Promise<void> => {
            const change = () => ({ filters: filters('share' in each ? each.share : 0) });
            if (each.kind === 'ask') await changeFlag(as(each.by), { groupId, id, change });
            else if (each.kind === 'change') {
              let isNew = false;
              const note = (before: FlagFields) => {
                isNew = JSON.stringify(before.filters) !== JSON.stringify(change().filters);
                return change();
              };
              await changeFlag(app.system, { groupId, id, change: note });
              if (isNew) direct += 1;
            } else {
              const about = { groupId, id: (await requests())[each.which]?.id };
              if (about.id === undefined) return;
              const decide = { approve: approveChange, reject: rejectChange, cancel: cancelChange };
              await decide[each.kind](as(each.by), { groupId, id: about.id });
            }
          };

          for (const wave of waves)
            await Promise.all(wave.map((each) => run(each).catch(tolerated)));

          const all = await requests();
          const applied = all.filter(({ stored }) => stored === 'applied');
          const flag = await findFlag(app.system, { groupId, id });
          expect(flag.version).toBe(1 + direct + applied.length);
          for (const { votes, stored } of all) {
            ends.set(stored, (ends.get(stored) ?? 0) + 1);
            const approvals = votes.filter(({ decision }) => decision === 'approved');
            expect(new Set(votes.map(({ createdBy }) => createdBy)).size).toBe(votes.length);
            if (stored === 'applied') expect(approvals).toHaveLength(2);
            if (stored === 'pending') expect(approvals.length).toBeLessThan(2);
          }
          const pending = all.filter(({ stored }) => stored === 'pending');
          expect(new Set(pending.map(({ guard }) => guard)).size).toBe(pending.length);
        },
      ),
      { numRuns: 40 },
    );
    // It was no storm where some of these never came.
    expect([...ends.keys()].sort()).toEqual(['applied', 'failed', 'pending', 'rejected']);
  }, 60_000);
});
