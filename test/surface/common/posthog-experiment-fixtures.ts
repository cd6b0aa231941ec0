import { type Json, READER, type TestGroup } from '../../support/app.ts';
import type { Fixture, Fixtures } from './fixture.ts';
import { HELD_OUT, make, named, of, PAID, PROJECT } from './posthog-things.ts';
import type { World } from './world.ts';

const newHoldout = (world: World) =>
  make(world, 'experiment_holdouts', { name: world.name(), filters: HELD_OUT });
const newSavedMetric = (world: World) =>
  make(world, 'experiment_saved_metrics', { name: world.name(), query: PAID });
const wholeExperiment = ({ name }: World) => ({ name: name(), feature_flag_key: name() });

/** The newest experiment of a world, for bodies that have to name its flag. */
const newest = new WeakMap<World, Json>();
async function newExperiment(world: World, more: object = {}): Promise<Json> {
  const experiment = await make(world, 'experiments', { ...wholeExperiment(world), ...more });
  newest.set(world, experiment);
  return experiment;
}

/** An experiment that went through some steps of its life. */
const after =
  (...steps: readonly string[]) =>
  async (world: World): Promise<Json> => {
    const experiment = await newExperiment(world);
    for (const step of steps) await make(world, `experiments/${experiment.id}/${step}`);
    return experiment;
  };
const stepFixture = (...steps: readonly string[]): Fixture => ({ params: of(after(...steps)) });

const groups = new WeakMap<World, Promise<TestGroup>>();
async function newOtherGroup({ app, owner, reader }: World): Promise<TestGroup> {
  const group = await app.newGroup(owner);
  await app.join(reader, group, READER);
  return group;
}
/** Another group of the same people, that copies go to. */
function otherGroup(world: World): Promise<TestGroup> {
  const group = groups.get(world) ?? newOtherGroup(world);
  groups.set(world, group);
  return group;
}

/** A metric of a running experiment, as it is shown. */
async function shownMetric(world: World) {
  const fields = { metrics: [PAID], allow_unknown_events: true };
  const { id } = await newExperiment(world, fields);
  const { metrics } = await make(world, `experiments/${id}/launch`);
  return { id, metric: metrics[0] };
}
const series = new WeakMap<World, ReturnType<typeof shownMetric>>();
function newSeries(world: World): ReturnType<typeof shownMetric> {
  const begun = shownMetric(world);
  series.set(world, begun);
  return begun;
}

export const experimentFixtures: Fixtures = {
  listEligibleFeatureFlags: { params: PROJECT },
  planRunningTime: { params: PROJECT, query: () => 'metric_type=count&baseline=2' },
  getExperimentStats: { params: PROJECT },
  requiresFlagImplementation: { params: PROJECT },
  listProjectExperiments: { params: PROJECT },
  createProjectExperiment: {
    params: PROJECT,
    body: async (world) => ({
      ...wholeExperiment(world),
      holdout_id: (await newHoldout(world)).id,
      saved_metrics_ids: [{ id: (await newSavedMetric(world)).id }],
    }),
  },
  getProjectExperiment: { params: of(newExperiment) },
  changeProjectExperiment: { params: of(newExperiment), body: named },
  replaceProjectExperiment: {
    params: of(newExperiment),
    body: (world) => {
      const { name, feature_flag_key } = { ...wholeExperiment(world), ...newest.get(world) };
      return { name, feature_flag_key };
    },
  },
  deleteProjectExperiment: { params: of(newExperiment) },
  launchExperiment: stepFixture(),
  pauseExperiment: stepFixture('launch'),
  resumeExperiment: stepFixture('launch', 'pause'),
  resetExperiment: stepFixture('launch'),
  archiveExperiment: stepFixture('launch', 'end'),
  unarchiveExperiment: stepFixture('launch', 'end', 'archive'),
  endExperiment: { ...stepFixture('launch'), body: () => ({ conclusion: 'won' }) },
  shipExperimentVariant: { ...stepFixture('launch'), body: () => ({ variant_key: 'test' }) },
  duplicateExperiment: { ...stepFixture(), body: named },
  copyExperimentToProject: {
    ...stepFixture(),
    body: async (world) => ({
      target_team_id: (await otherGroup(world)).id,
      feature_flag_key: world.name(),
    }),
  },
  createExposureCohort: stepFixture('launch'),
  getExperimentTimeseries: {
    params: of(newSeries),
    query: async (world) => {
      const { metric } = (await series.get(world)) ?? {};
      return `metric_uuid=${metric?.uuid}&fingerprint=${metric?.fingerprint}`;
    },
  },
  recalculateExperimentTimeseries: {
    params: of(newSeries),
    body: async (world) => {
      const { metric } = (await series.get(world)) ?? (await newSeries(world));
      return { metric, fingerprint: metric.fingerprint };
    },
  },
  queryProject: {
    params: PROJECT,
    body: async (world) => ({
      query: { kind: 'ExperimentQuery', experiment_id: (await newSeries(world)).id, metric: PAID },
    }),
  },
};

export const measureFixtures: Fixtures = {
  listExperimentHoldouts: { params: PROJECT },
  createExperimentHoldout: {
    params: PROJECT,
    body: ({ name }) => ({ name: name(), filters: HELD_OUT }),
  },
  getExperimentHoldout: { params: of(newHoldout) },
  changeExperimentHoldout: { params: of(newHoldout), body: named },
  replaceExperimentHoldout: {
    params: of(newHoldout),
    body: ({ name }) => ({ name: name(), filters: HELD_OUT }),
  },
  deleteExperimentHoldout: { params: of(newHoldout) },
  listExperimentSavedMetrics: { params: PROJECT },
  createExperimentSavedMetric: {
    params: PROJECT,
    body: ({ name }) => ({ name: name(), query: PAID, tags: ['money'] }),
  },
  getExperimentSavedMetric: { params: of(newSavedMetric) },
  changeExperimentSavedMetric: { params: of(newSavedMetric), body: named },
  replaceExperimentSavedMetric: {
    params: of(newSavedMetric),
    body: ({ name }) => ({ name: name(), query: PAID }),
  },
  deleteExperimentSavedMetric: { params: of(newSavedMetric) },
};
