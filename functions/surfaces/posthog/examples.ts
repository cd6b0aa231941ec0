/** Calls as the document shows them, each sent by a test. */
import { bodies, type Examples } from '#http/examples.ts';

const purchases = {
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  name: 'Revenue per visitor',
  goal: 'increase',
  source: {
    kind: 'EventsNode',
    event: 'purchase',
    math: 'sum',
    math_property: 'amount',
  },
};
const signUps = {
  kind: 'ExperimentMetric',
  metric_type: 'funnel',
  name: 'Visits that end in an account',
  series: [
    { kind: 'EventsNode', event: '$pageview' },
    { kind: 'EventsNode', event: 'signed_up' },
  ],
  conversion_window: 14,
  conversion_window_unit: 'day',
};
const halves = [
  { key: 'control', name: 'As it is', rollout_percentage: 50 },
  { key: 'test', name: 'The short form', rollout_percentage: 50 },
];
const ofGermany = { key: 'country', value: ['DE'], operator: 'exact', type: 'person' };

const flags = {
  createFeatureFlag: {
    key: 'short-form',
    name: 'The short form for new accounts',
    filters: {
      groups: [{ properties: [ofGermany], rollout_percentage: 100 }],
      multivariate: { variants: halves },
      payloads: { test: '{"fields": 3}' },
    },
    tags: ['checkout'],
    evaluation_runtime: 'all',
  },
  changeFeatureFlag: { active: false },
  replaceFeatureFlag: { key: 'short-form-2', name: 'The short form', active: true },
  setGroupTypes: [{ group_type: 'company', group_type_index: 0 }],
  setApprovalPolicy: {
    approver_config: { users: [2], quorum: 1 },
    conditions: { type: 'any_change', field: 'rollout_percentage' },
    allow_self_approve: false,
    expires_after: '14 00:00:00',
    enabled: true,
  },
  approveChangeRequest: { reason: 'The error rate did not move.' },
  rejectChangeRequest: { reason: 'Not before the release.' },
};

const experiments = {
  createProjectExperiment: {
    name: 'A shorter form',
    description: 'Fewer fields bring more accounts.',
    feature_flag_key: 'shorter-form',
    parameters: { feature_flag_variants: halves, minimum_detectable_effect: 5 },
    metrics: [signUps],
    metrics_secondary: [purchases],
    exposure_criteria: { filterTestAccounts: true, multiple_variant_handling: 'exclude' },
    stats_config: { method: 'bayesian' },
    allow_unknown_events: true,
  },
  changeProjectExperiment: { description: 'Three fields where there were nine.' },
  replaceProjectExperiment: { name: 'A shorter form', feature_flag_key: 'shorter-form' },
  endExperiment: { conclusion: 'won', conclusion_comment: 'Four of a hundred more sign up.' },
  shipExperimentVariant: { variant_key: 'test', conclusion: 'won', release_to_everyone: true },
  duplicateExperiment: { name: 'A shorter form, again', feature_flag_key: 'shorter-form-again' },
  copyExperimentToProject: { target_team_id: 7, feature_flag_key: 'shorter-form' },
  recalculateExperimentTimeseries: { metric: purchases, fingerprint: '5f0d6c9c5b1c4f9e' },
  queryProject: {
    query: { kind: 'ExperimentQuery', experiment_id: 1, metric: purchases },
    refresh: 'blocking',
  },
};

const heldOut = [{ properties: [], rollout_percentage: 5 }];
const measures = {
  createExperimentHoldout: {
    name: 'Nothing new this quarter',
    description: 'To see what all experiments do together.',
    filters: heldOut,
  },
  changeExperimentHoldout: { description: 'Until the end of the year.' },
  replaceExperimentHoldout: { name: 'Nothing new this year', filters: heldOut },
  createExperimentSavedMetric: {
    name: 'Revenue per visitor',
    description: 'What a visitor pays while an experiment lasts.',
    query: purchases,
    tags: ['money'],
  },
  changeExperimentSavedMetric: { name: 'Revenue' },
  replaceExperimentSavedMetric: { name: 'Revenue', query: purchases },
};

const asked = {
  token: 'phc_7_S0meL0ngTextThatTellsThisProject',
  distinct_id: 'visitor-1',
  person_properties: { country: 'DE' },
  groups: { company: 'acme' },
};

export const examples: Examples = bodies({
  createPersonalApiKey: { label: 'Dashboards', scopes: ['experiment:read', 'query:read'] },
  changeProject: {
    timezone: 'Europe/Berlin',
    test_account_filters: [
      { key: 'email', value: '@example.org', operator: 'not_icontains', type: 'person' },
    ],
    default_experiment_stats_method: 'frequentist',
    default_experiment_confidence_level: 0.95,
  },
  ...flags,
  ...experiments,
  ...measures,
  evaluateFlags: asked,
  decide: asked,
});
