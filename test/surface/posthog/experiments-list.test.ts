import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import {
  type ExperimentStage,
  experimentStage,
  meanOf,
  must,
  refusal,
} from './experiment-stage.ts';

let stage: ExperimentStage;
let second: Json;
const ids = new Map<string, number>();
const namesOf = ({ results }: Json) => results.map(({ name }: Json) => name);
const list = (query: string) => stage.get(`experiments/?${query}`);

/** Each a day after the one before. */
async function make(name: string, fields: object, ...verbs: readonly string[]): Promise<void> {
  stage.app.clock.advance(86_400_000);
  const { id } = await stage.create({ name, ...fields });
  ids.set(name, id);
  for (const verb of verbs) {
    stage.app.clock.advance(3_600_000);
    await stage.steps(id, verb);
  }
}

beforeAll(async () => {
  stage = await experimentStage();
  second = await stage.app.newUser('aaa');
  await stage.app.join(second, { id: stage.project, name: 'group-2' }, { read: true, write: true });
  const saved = must(
    await stage.owner.post(stage.at('experiment_saved_metrics'), {
      name: 'Signups',
      query: meanOf('signed up'),
    }),
  );
  const holdout = must(
    await stage.owner.post(stage.at('experiment_holdouts'), {
      name: 'Few',
      filters: [{ rollout_percentage: 5 }],
    }),
  );
  await make('Blue button', { metrics: [meanOf('paid')], holdout_id: holdout.id });
  await make('apples', { metrics_secondary: [meanOf('paid')] }, 'launch');
  await make('Zebra', { saved_metrics_ids: [{ id: saved.id }] }, 'launch', 'pause');
  await make('blue sky', {}, 'launch', 'end');
  await make('Old', {}, 'launch', 'end', 'archive');
  await make('Gone', {});
  await stage.patch(ids.get('Gone') ?? 0, { deleted: true });
  stage.app.clock.advance(86_400_000);
  const theirs = { name: 'Theirs', feature_flag_key: 'theirs' };
  ids.set('Theirs', must(await second.post(stage.at('experiments'), theirs)).id);
});
afterAll(() => stage.close());

const ALL = ['Theirs', 'blue sky', 'Zebra', 'apples', 'Blue button'];

describe('the list of experiments', () => {
  it('has all but archived and deleted ones, the newest first', async () => {
    const page = await list('');

    expect(namesOf(page)).toEqual(ALL);
    expect(page).toMatchObject({ count: 5, next: null, previous: null });
  });

  it.each<[string, readonly string[]]>([
    ['status=draft', ['Theirs', 'Blue button']],
    ['status=running', ['apples']],
    ['status=PAUSED', ['Zebra']],
    ['status=stopped', ['blue sky']],
    ['status=complete', ['blue sky']],
    ['status=all', ALL],
    ['status=nonsense', ALL],
    ['archived=true', ['Old']],
    ['archived=True', ['Old']],
    ['archived=false', ALL],
    ['archived=1', ALL],
    ['archived=true&status=stopped', ['Old']],
    ['search=BLUE', ['blue sky', 'Blue button']],
    ['search=blue&status=draft', ['Blue button']],
    ['search=none', []],
    ['event=paid', ['apples', 'Blue button']],
    ['event=signed%20up', ['Zebra']],
    ['event=pai', []],
    ['created_by_id=4711', []],
    ['created_by_id=x', ALL],
    ['holdout_id=1', ['Blue button']],
    ['holdout_id=2', []],
    ['feature_flag_id=4711', []],
    ['feature_flag_id=', ALL],
  ])('by %s', async (query, names) => {
    const page = await list(query);

    expect(namesOf(page)).toEqual(names);
    expect(page.count).toBe(names.length);
  });

  it('by its flag and its maker', async () => {
    const { results } = await list('search=apples');
    const byFlag = await list(`feature_flag_id=${results[0].feature_flag.id}`);
    const byMaker = await list(`created_by_id=${second.id}`);

    expect([namesOf(byFlag), namesOf(byMaker)]).toEqual([['apples'], ['Theirs']]);
  });

  it.each<[string, readonly string[]]>([
    ['created_at', [...ALL].reverse()],
    ['-created_at', ALL],
    ['updated_at', ['Blue button', 'apples', 'Zebra', 'blue sky', 'Theirs']],
    ['name', ['Blue button', 'Theirs', 'Zebra', 'apples', 'blue sky']],
    ['-name', ['blue sky', 'apples', 'Zebra', 'Theirs', 'Blue button']],
    ['start_date', ['apples', 'Zebra', 'blue sky', 'Blue button', 'Theirs']],
    ['-start_date', ['Theirs', 'Blue button', 'blue sky', 'Zebra', 'apples']],
    ['end_date', ['blue sky', 'Blue button', 'apples', 'Zebra', 'Theirs']],
    ['duration', ['blue sky', 'Zebra', 'apples', 'Blue button', 'Theirs']],
    ['-duration', ['Theirs', 'Blue button', 'apples', 'Zebra', 'blue sky']],
    ['status', ['Blue button', 'Theirs', 'apples', 'Zebra', 'blue sky']],
    ['-status', ['blue sky', 'Zebra', 'apples', 'Theirs', 'Blue button']],
    ['created_by', ['Theirs', 'Blue button', 'apples', 'Zebra', 'blue sky']],
    ['-created_by', ['blue sky', 'Zebra', 'apples', 'Blue button', 'Theirs']],
  ])('ordered by %s', async (order, names) => {
    expect(namesOf(await list(`order=${order}`))).toEqual(names);
  });

  it.each<[string, string]>([
    ['order=size', "Invalid order field: 'size'"],
    ['order=--name', "Invalid order field: '--name'"],
    ['order=constructor', "Invalid order field: 'constructor'"],
    ['feature_flag_id=x', 'feature_flag_id must be an integer'],
    ['feature_flag_id=1.5', 'feature_flag_id must be an integer'],
  ])('not by %s', async (query, detail) => {
    expect(await stage.call('GET', `/?${query}`)).toMatchObject(refusal(detail));
  });

  it('page by page, with the count of all', async () => {
    const names: string[] = [];
    let path: string | null = stage.at('experiments/?limit=2&order=name&status=all');
    while (path !== null) {
      const { body }: Json = await stage.owner.get(path);
      expect(body.count).toBe(5);
      names.push(...namesOf(body));
      path = body.next?.slice('http://assay.test'.length) ?? null;
    }

    expect(names).toEqual(namesOf(await list('order=name')));
  });
});
