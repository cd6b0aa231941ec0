import '../../support/property-seed.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFlag } from '#domain/flags/index.ts';
import { findRow } from '#domain/projects/index.ts';
import type { Answer, Json } from '../../support/app.ts';
import { act, create, statusOf, VERBS, type Verb, type World } from './experiment-model.ts';
import { type ExperimentStage, experimentStage } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

interface Call {
  readonly verb: Verb;
  /** Which experiment, by when it was made. */
  readonly at: number;
  readonly value: number;
}

const MOST = 3;
const calls: fc.Arbitrary<readonly Call[]> = fc.array(
  fc.record({
    verb: fc.constantFrom<Verb>('create', 'create', 'launch', 'launch', ...VERBS),
    at: fc.nat(MOST),
    value: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 5, maxLength: 30 },
);

const shares = (value: number) => ({
  parameters: {
    feature_flag_variants: [
      { key: 'control', rollout_percentage: value },
      { key: 'test', rollout_percentage: 100 - value },
    ],
  },
});

/** What changes fields rather than taking a step. */
const fieldsOf = (verb: Verb, value: number): object | undefined =>
  ({
    share: shares(value),
    'share with flag': { ...shares(value), update_feature_flag_params: true },
    start: { start_date: '2026-01-01T00:00:00Z' },
    'put away': { archived: true },
    remove: { deleted: true },
    restore: { deleted: false },
  })[verb as string];

const bodyOf = (verb: Verb): object | undefined =>
  ({ ship: { variant_key: 'test' }, 'ship nothing': { variant_key: 'nothing' } })[verb as string];

async function callIt(path: string, { verb, value }: Call): Promise<Answer> {
  const fields = fieldsOf(verb, value);
  if (fields !== undefined) return stage.owner.call('PATCH', path, fields);
  const step = verb.startsWith('ship') ? 'ship_variant' : verb;
  return stage.owner.post(`${path}/${step}`, bodyOf(verb));
}

/** How an experiment and its flag are stored, in the words of the model. */
async function stored(groupId: number, id: number) {
  const { system } = stage.app;
  const row = (await findRow(system, 'experiment', { groupId, id })) as Json;
  const flag = await findFlag(system, { groupId, id: row.flagId });
  const { variants } = (flag.filters as Json).multivariate;
  return {
    experiment: {
      key: row.flagKey,
      started: row.startDate !== null,
      ended: row.endDate !== null,
      archived: row.archived,
      deleted: row.deleted,
      revision: row.revision,
    },
    flag: {
      active: flag.active,
      version: flag.version,
      share: variants[0].rollout_percentage,
      named: variants[0].name !== undefined,
    },
    linked: [...flag.experimentIds].sort((left, right) => left - right),
  };
}

async function expectSame(groupId: number, world: World): Promise<void> {
  for (const [index, experiment] of world.experiments.entries()) {
    const linked = world.experiments.flatMap(({ key, deleted }, other) =>
      key === experiment.key && !deleted ? [other + 1] : [],
    );
    const flag = world.flags.get(experiment.key);
    expect(await stored(groupId, index + 1)).toEqual({ experiment, flag, linked });
  }
}

describe('any sequence of calls', () => {
  it('leaves experiments and flags as a simple model has them, and is answered as it says', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        const { id: groupId } = await stage.app.newGroup(stage.owner);
        const path = `/api/projects/${groupId}/experiments`;
        const world: World = { experiments: [], flags: new Map() };
        for (const call of sequence) {
          const { verb, at, value } = call;
          if (verb === 'create') {
            if (world.experiments.length === MOST) continue;
            const feature_flag_key = `flag-${at % 2}`;
            const made = await stage.owner.post(path, { name: 'x', feature_flag_key });
            create(world, feature_flag_key);
            expect([made.status, made.body.id]).toEqual([201, world.experiments.length]);
          } else {
            const answer = await callIt(`${path}/${at + 1}`, call);
            const [status, detail] = act(world, verb, at, value);
            expect([verb, answer.status, answer.body.detail]).toEqual([verb, status, detail]);
            const [one, flag] = [
              world.experiments[at],
              world.flags.get(world.experiments[at]?.key ?? ''),
            ];
            if (status === 200 && one !== undefined && flag !== undefined) {
              expect(answer.body.status).toBe(statusOf(one, flag));
            }
          }
          await expectSame(groupId, world);
        }
      }),
      { numRuns: process.env.FULL === '1' ? 200 : 25 },
    );
  });
});
