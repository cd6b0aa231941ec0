import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, must } from './experiment-stage.ts';

const DAY = 86_400_000;
let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

/** An empty project: makes experiments in it that began, and ended, so many days ago, and asks how they stand. */
async function project() {
  const { id } = await stage.app.newGroup(stage.owner);
  const at = (path: string) => `/api/projects/${id}/experiments${path}`;
  const ago = (days: number) => new Date(stage.app.clock.now() - days * DAY).toISOString();
  let made = 0;
  return {
    id,
    add: async (began?: number, ended?: number, more: object = {}) => {
      made += 1;
      return must(
        await stage.owner.post(at(''), {
          name: `x${made}`,
          feature_flag_key: `x${made}`,
          ...(began !== undefined && { start_date: ago(began) }),
          ...(ended !== undefined && { end_date: ago(ended) }),
          ...more,
        }),
      );
    },
    get: async (path: string): Promise<Json> => must(await stage.owner.get(at(path))),
    call: (path: string) => stage.owner.get(at(path)),
    patch: async (experiment: number, fields: object) =>
      must(await stage.owner.call('PATCH', at(`/${experiment}`), fields)),
  };
}

describe('how a project has been testing lately', () => {
  it('is nothing at first', async () => {
    const { get } = await project();

    expect(await get('/stats')).toEqual({
      launched_last_30d: 0,
      launched_previous_30d: 0,
      percent_change: 0,
      active_experiments: 0,
      completed_last_30d: 0,
    });
  });

  it('counts what began and ended, but for what is deleted or archived', async () => {
    const { add, get, patch } = await project();
    await add();
    await add(1);
    const first = await get('/stats');
    await add(10, 2);
    for (const days of [31, 40, 60]) await add(days, days - 1);
    await add(61);
    await add(2, 1, { archived: true });
    const gone = await add(2, 1);
    await patch(gone.id, { deleted: true });

    expect(first).toMatchObject({ launched_last_30d: 1, percent_change: 100 });
    expect(await get('/stats')).toEqual({
      launched_last_30d: 2,
      launched_previous_30d: 3,
      percent_change: -33.3,
      active_experiments: 2,
      completed_last_30d: 2,
    });
  });

  it('goes by the days of its time zone', async () => {
    const { id, add, get } = await project();
    const sinceMidnight = stage.app.clock.now() % DAY;
    // An hour before the day of 30 days ago began in UTC, when in Tokyo it was eight hours old.
    await add(30 + (sinceMidnight + 3_600_000) / DAY);
    const utc = await get('/stats');
    must(await stage.owner.call('PATCH', `/api/projects/${id}`, { timezone: 'Asia/Tokyo' }));
    const tokyo = await get('/stats');

    expect([utc.launched_last_30d, tokyo.launched_last_30d]).toEqual([0, 1]);
  });
});

describe('the flags that an experiment can be made with', () => {
  const keysOf = ({ results }: Json) => results.map(({ key }: Json) => key);
  let flags: Awaited<ReturnType<typeof project>>;
  beforeAll(async () => {
    flags = await project();
    const variants = (...keys: readonly string[]) => ({
      parameters: {
        feature_flag_variants: keys.map((key, index) => ({
          key,
          rollout_percentage: index === 0 ? 100 : 0,
        })),
      },
    });
    await flags.add(undefined, undefined, { feature_flag_key: 'bee', name: 'Last' });
    stage.app.clock.advance(1_000);
    await flags.add(1, undefined, { feature_flag_key: 'ant', name: 'First' });
    stage.app.clock.advance(1_000);
    const last = { feature_flag_key: 'not-first', ...variants('a', 'control') };
    await flags.add(undefined, undefined, last);
  });

  it.each<[string, readonly string[]]>([
    ['', ['ant', 'bee']],
    ['order=created_at', ['bee', 'ant']],
    ['order=key', ['ant', 'bee']],
    ['order=-key', ['bee', 'ant']],
    ['order=-name', ['bee', 'ant']],
    ['order=nonsense', ['ant', 'bee']],
    ['search=BE', ['bee']],
    ['search=first', ['ant']],
    ['active=true', ['ant']],
    ['active=false', ['bee']],
    ['created_by_id=4711', []],
    ['has_evaluation_contexts=true', []],
    ['has_evaluation_contexts=false', ['ant', 'bee']],
    ['evaluation_runtime=nowhere', []],
  ])('by %j', async (query, keys) => {
    const page = await flags.get(`/eligible_feature_flags/?${query}`);

    expect(keysOf(page)).toEqual(keys);
    expect(page.count).toBe(keys.length);
  });

  it('come in pages of 20, or of what is asked for', async () => {
    const first = await flags.get('/eligible_feature_flags?limit=1');
    const second = await flags.get('/eligible_feature_flags?limit=500&offset=1');

    expect([keysOf(first), first.count]).toEqual([['ant'], 2]);
    expect([keysOf(second), second.count]).toEqual([['bee'], 2]);
    expect(Object.keys(first).sort()).toEqual(['count', 'results']);
  });

  it.each(['limit=x', 'limit=-1', 'offset=1.5'])('not by %s', async (query) => {
    const answer = await flags.call(`/eligible_feature_flags?${query}`);

    expect([answer.status, answer.body]).toEqual([400, { error: 'Invalid limit or offset' }]);
  });
});
