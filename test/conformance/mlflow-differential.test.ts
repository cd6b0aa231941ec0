/** Generated calls, answered by a real `mlflow server` and by Assay: what do they answer differently? */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { type MlflowServer, startMlflowServer } from '../support/mlflow-server.ts';
import { ask, noIds, type Target } from './mlflow-differential/call.ts';
import { comparable } from './mlflow-differential/compare.ts';
import { allowedFor, MISTAKEN } from './mlflow-differential/differences.ts';
import { MISTAKES, SCENE } from './mlflow-differential/mistakes.ts';
import { AREAS, compare, type Difference, sequence } from './mlflow-differential/sequence.ts';
import { assayTarget, originalAt } from './mlflow-differential/targets.ts';

const LENGTH = 40;
/** Calls of each area, 2,000 and more of all. */
const CALLS = 700;

let server: MlflowServer;
let app: TestApp;
let both: readonly [Target, Target];
let made = 0;
/** What names begin with, so that no sequence meets another. */
const nextPrefix = (): string => {
  made += 1;
  return `s${made}`;
};

beforeAll(async () => {
  server = await startMlflowServer();
  const assay = await assayTarget();
  app = assay.app;
  both = [originalAt(server.url), assay.target];
});
afterAll(async () => {
  await app?.close();
  await server?.stop();
});

const shown = (difference: Difference | undefined) =>
  difference && {
    call: difference.call,
    original: difference.seen[0],
    assay: difference.seen[1],
    message: difference.assay.body?.message,
  };

describe('generated calls', () => {
  it.each(Object.keys(AREAS) as (keyof typeof AREAS)[])(
    'about %s are answered alike',
    async (area) => {
      let calls = 0;
      const wanted = new Map<string, number>();
      const one = fc.asyncProperty(sequence(area, LENGTH), async (sequenceOfCalls) => {
        const told = await compare(sequenceOfCalls, both, nextPrefix());
        calls += told.calls;
        for (const { name } of told.pairs) wanted.set(name, (wanted.get(name) ?? 0) + 1);
        expect(shown(told.difference)).toBe(undefined);
      });
      // Sequences end early where one of the two goes on with another state.
      for (let round = 0; calls < CALLS; round += 1) {
        await fc.assert(one, { numRuns: 5, ...seedOf(round) });
      }
      const counts = [...wanted].map(([name, count]) => `${name} ${count}`).join(', ');
      console.log(`${area}: ${calls} calls; different as wanted: ${counts || 'none'}`);

      expect(app.errors).toEqual([]);
    },
    900_000,
  );
});

/** Another one in each round, and the same in each quick run. */
const seedOf = (round: number): fc.Parameters<unknown> => {
  const { seed } = fc.readConfigureGlobal();
  return seed === undefined ? {} : { seed: seed + round };
};

describe('calls with one mistake', () => {
  it('are refused by the same code and in words that clients know', async () => {
    const ids = [noIds(), noIds()] as const;
    const prefix = nextPrefix();
    const answers = (call: (typeof MISTAKES)[number]) =>
      Promise.all(both.map((target, at) => ask(target, call, ids[at] ?? noIds(), prefix)));
    for (const call of SCENE) {
      const statuses = (await answers(call)).map(({ status }) => status);
      expect(statuses).toEqual([200, 200]);
    }

    const different: unknown[] = [];
    for (const call of MISTAKES) {
      const [original, assay] = await answers(call);
      if (original === undefined || assay === undefined) throw new Error('Both were asked.');
      const seen = [comparable(original, ids[0]), comparable(assay, ids[1])];
      if (JSON.stringify(seen[0]) === JSON.stringify(seen[1])) continue;
      const name = allowedFor({ call, original, assay })?.name;
      if (name !== undefined && name !== MISTAKEN) continue;
      const [, message] = [original, assay].map(({ body }) => String(body?.message).slice(0, 200));
      different.push({ ...call, seen, message });
    }
    expect(different).toEqual([]);
  });
});
