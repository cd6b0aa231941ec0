import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeFlag, listFlags } from '#domain/flags/index.ts';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, meanOf } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

/** Processes of the same deployment, which know nothing of each other. */
const processes = (count: number) =>
  Array.from({ length: count }, () => {
    const client = stage.app.otherProcess().client({ cookie: stage.owner.cookie });
    return (path: string, body?: unknown) => client.post(stage.at(`experiments${path}`), body);
  });

describe('at once', () => {
  it('two launches: one begins it, the other is told so', async () => {
    const { id } = await stage.create();
    const answers = await Promise.all(processes(2).map((post) => post(`/${id}/launch`)));
    const after = await stage.get(`experiments/${id}`);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.body.detail).toBe(
      'Experiment has already been launched.',
    );
    expect(after).toMatchObject({ status: 'running', feature_flag: { active: true, version: 2 } });
  });

  it('a launch and changes of its flag: nothing of either is lost', async () => {
    const { id, feature_flag: flag } = await stage.create();
    const { system } = stage.app;
    const place = { groupId: stage.project, id: flag.id };
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all([
      processes(1)[0]?.(`/${id}/launch`),
      ...names.map((name) =>
        changeFlag(system, { ...place, change: ({ tags }) => ({ tags: [...tags, name] }) }),
      ),
    ]);
    const after = await stage.get(`experiments/${id}`);
    const [stored] = (await listFlags(system, stage.project)).filter((each) => each.id === flag.id);

    expect(after).toMatchObject({ status: 'running', feature_flag: { active: true, version: 6 } });
    expect([...(stored?.tags ?? [])].sort()).toEqual(names);
  });

  it('a launch and a removal of its flag: no experiment runs without one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, feature_flag: flag } = await stage.create();
      const place = { groupId: stage.project, id: flag.id };
      const [launched] = await Promise.all([
        stage.call('POST', `/${id}/launch`),
        changeFlag(stage.app.system, {
          ...place,
          // Whoever comes second sees what the first has done.
          change: ({ active }) => (active ? {} : { deleted: true }),
        }),
      ]);
      const after = await stage.get(`experiments/${id}`);

      expect(after.feature_flag.deleted).toBe(launched.status !== 200);
      expect(after.status).toBe(launched.status === 200 ? 'running' : 'draft');
    }
  });

  it('twenty of one key: one flag, which all of them name', async () => {
    const body = { name: 'x', feature_flag_key: 'shared' };
    const answers = await Promise.all(processes(20).map((post) => post('/', body)));
    const flags = await listFlags(stage.app.system, stage.project);
    const shared = flags.filter(({ key }) => key === 'shared');

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(shared).toHaveLength(1);
    const ids = answers.map(({ body: made }) => made.id);
    expect(new Set(ids).size).toBe(20);
    expect([...(shared[0]?.experimentIds ?? [])].sort((left, right) => left - right)).toEqual(
      ids.sort((left, right) => left - right),
    );
  });

  it('an end and a pause: one of them comes first, and both are right', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await stage.create({ start_date: '2026-01-01' });
      const [end, pause] = await Promise.all([
        stage.call('POST', `/${id}/end`),
        stage.call('POST', `/${id}/pause`),
      ]);
      const { feature_flag: flag } = await stage.get(`experiments/${id}`);

      expect(end.status).toBe(200);
      expect(pause.status !== 200).toBe(flag.active);
    }
  });

  it('the same creation under one key of its caller: one experiment', async () => {
    const headers = { 'idempotency-key': 'once' };
    const body = { name: 'Once', feature_flag_key: 'once' };
    const answers: Json[] = [];
    for (let time = 0; time < 2; time += 1) {
      answers.push(await stage.owner.call('POST', stage.at('experiments'), body, headers));
    }

    expect(answers[1].body).toEqual(answers[0].body);
    expect((await stage.get('experiments?search=Once')).count).toBe(1);
  });
});

describe('what calls cost', () => {
  const measure = async (act: () => Promise<unknown>) => {
    await stage.app.settled();
    stage.app.meter.reset();
    await act();
    const { tableCalls, tableRoundTrips, readUnits, writeUnits } = stage.app.meter.snapshot();
    return { tableCalls, tableRoundTrips, readUnits, writeUnits };
  };

  it('is a few units each, whatever the project has', async () => {
    const metrics = [meanOf('a')];
    const warm = await stage.create({ metrics });
    await stage.get('experiments');
    const made: Json[] = [];
    const create = await measure(async () => made.push(await stage.create({ metrics })));
    const id = made[0].id;
    const launch = await measure(() => stage.steps(id, 'launch'));
    const pause = await measure(() => stage.steps(id, 'pause'));
    const end = await measure(() => stage.steps(id, 'end'));
    const get = await measure(() => stage.get(`experiments/${warm.id}`));
    await stage.get('experiments');
    const list = await measure(() => stage.get('experiments'));

    expect({ create, launch, pause, end, get, list }).toMatchInlineSnapshot(`
      {
        "create": {
          "readUnits": 3,
          "tableCalls": 6,
          "tableRoundTrips": 5,
          "writeUnits": 14,
        },
        "end": {
          "readUnits": 2,
          "tableCalls": 3,
          "tableRoundTrips": 3,
          "writeUnits": 6,
        },
        "get": {
          "readUnits": 2,
          "tableCalls": 2,
          "tableRoundTrips": 2,
          "writeUnits": 0,
        },
        "launch": {
          "readUnits": 3,
          "tableCalls": 4,
          "tableRoundTrips": 4,
          "writeUnits": 10,
        },
        "list": {
          "readUnits": 2,
          "tableCalls": 2,
          "tableRoundTrips": 2,
          "writeUnits": 0,
        },
        "pause": {
          "readUnits": 3,
          "tableCalls": 4,
          "tableRoundTrips": 4,
          "writeUnits": 8,
        },
      }
    `);
  });
});
