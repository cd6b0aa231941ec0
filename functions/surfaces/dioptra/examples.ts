/** Calls as the document shows them, each sent by a test; they tell of one small experiment. */
import { bodies, type Examples } from '#http/examples.ts';
import { draftExamples, tagExamples } from './mount-examples.ts';

const GROUP = { group: 1 };
const experiment = { name: 'greetings', description: 'Does everybody get one?' };
const queue = { name: 'cpu', description: 'Small jobs.' };
const type = { name: 'greeting_list', description: 'Many at once.', structure: { list: 'string' } };
const plugin = { name: 'greetings', description: 'Says hello.' };
const model = { name: 'greeter', description: 'The best one so far.' };
const file = {
  filename: 'greetings.py',
  description: 'One task.',
  contents: 'def greet(name):\n    return name\n',
  tasks: {
    functions: [
      {
        name: 'greet',
        inputParams: [{ name: 'name', parameterType: 2 }],
        outputParams: [{ name: 'greeting', parameterType: 2 }],
      },
    ],
    artifacts: [],
  },
};
const entrypoint = {
  name: 'hello',
  description: 'Greets one person.',
  taskGraph: 'hello:\n  greet: $who\n',
  parameters: [{ name: 'who', defaultValue: 'you', parameterType: 'string' }],
};
const permissions = { read: true, write: true };
const password = 'correct horse battery staple';

const people = {
  login: { username: 'dana', password },
  registerUser: {
    username: 'dana',
    email: 'dana@lab.test',
    password,
    confirmPassword: password,
  },
  changeCurrentUser: { username: 'dana k', email: 'dana.k@lab.test' },
  deleteCurrentUser: { password },
  changePassword: {
    oldPassword: password,
    newPassword: 'another long one',
    confirmNewPassword: 'another long one',
  },
  changePasswordOf: {
    oldPassword: password,
    newPassword: 'another long one',
    confirmNewPassword: 'another long one',
  },
  createToken: { name: 'laptop', scopes: ['experiment:read', 'job:write'], days: 30 },
  createGroup: { name: 'vision' },
  renameGroup: { name: 'computer vision' },
  joinGroup: { invitation: 'asi_0123456789' },
  addGroupMember: { user: 2, permissions },
  changeGroupMember: { permissions },
  createGroupInvitation: { permissions, days: 7 },
  createInvitation: { days: 7 },
  setGroupLimits: { runningJobs: 4 },
  createServiceAccount: { username: 'nightly', write: true },
  createServiceToken: { name: 'pipeline', days: 30 },
  createWorkerToken: { pool: 'default', name: 'under my desk', days: 30 },
};

const forms = {
  // An archive is chosen beside it.
  importResources: { group: '1', sourceType: 'upload_archive', configPath: 'dioptra.toml' },
};

const things = {
  createExperiment: { ...GROUP, ...experiment, entrypoints: [7] },
  changeExperiment: { ...experiment, name: 'more greetings', entrypoints: [7] },
  addExperimentEntrypoints: { ids: [7] },
  setExperimentEntrypoints: { ids: [7] },
  createQueue: { ...GROUP, ...queue },
  changeQueue: { ...queue, description: 'Small jobs, at night.' },
  createTag: { ...GROUP, name: 'baseline' },
  changeTag: { name: 'first baseline' },
  createPluginParameterType: { ...GROUP, ...type },
  changePluginParameterType: { ...type, structure: { list: 'integer' } },
  createPlugin: { ...GROUP, ...plugin },
  changePlugin: { ...plugin, description: 'Says hello and goodbye.' },
  createPluginFile: file,
  changePluginFile: { ...file, description: 'Still one task.' },
  createEntrypoint: {
    ...GROUP,
    ...entrypoint,
    plugins: [5],
    artifactPlugins: [6],
    queues: [3],
  },
  changeEntrypoint: {
    ...entrypoint,
    description: 'Greets whom you like.',
    pluginSnapshotIds: [15],
    artifactPluginSnapshotIds: [],
    queues: [3],
  },
  lintEntrypoint: { ...GROUP, ...entrypoint, plugins: [5] },
  lintEntrypointChange: { ...entrypoint, queues: [3] },
  addEntrypointPlugins: { plugins: [5] },
  addEntrypointArtifactPlugins: { artifactPlugins: [6] },
  addEntrypointQueues: { ids: [3] },
  setEntrypointQueues: { ids: [3] },
  createModel: { ...GROUP, ...model },
  changeModel: { ...model, description: 'The second best.' },
  createModelVersion: { artifact: 11, description: 'After ten epochs.' },
  changeModelVersion: { description: 'After twenty epochs.' },
  analysePluginTaskSignatures: { pythonCode: file.contents },
};

const jobs = {
  submitJob: {
    description: 'The first one.',
    entrypoint: 7,
    queue: 3,
    values: { who: 'everybody' },
    timeout: '1h',
    retry: { attempts: 2, exitCodes: [75], backoffSeconds: 30 },
  },
  reportJobProgress: { fraction: 0.5, message: 'Half of them are greeted.' },
  reportExperimentJobProgress: { fraction: 0.5, message: 'Half of them are greeted.' },
  reportJobStatus: { status: 'started' },
  setJobRun: { mlflowRunId: '0123456789abcdef0123456789abcdef' },
  setExperimentJobRun: { mlflowRunId: '0123456789abcdef0123456789abcdef' },
  logJobMetric: { name: 'accuracy', value: 0.97, step: 1 },
  appendJobLog: { data: [{ severity: 'INFO', loggerName: 'greetings', message: 'hello' }] },
  createArtifact: {
    ...GROUP,
    job: 9,
    artifactUri: 'mlflow-artifacts:/8/0123456789abcdef0123456789abcdef/artifacts/greeting.json',
    description: 'What was said.',
  },
  changeArtifact: { description: 'What was said first.' },
};

export const examples: Examples = {
  ...bodies({ ...people, ...things, ...jobs, ...forms }),
  ...draftExamples({
    Experiment: { fields: { ...GROUP, ...experiment }, changes: experiment },
    Queue: { fields: { ...GROUP, ...queue }, changes: queue },
    PluginParameterType: { fields: { ...GROUP, ...type }, changes: type },
    Plugin: { fields: { ...GROUP, ...plugin }, changes: plugin },
    PluginFile: { fields: file, changes: file },
    Entrypoint: { fields: { ...GROUP, ...entrypoint, plugins: [5] }, changes: entrypoint },
    Model: { fields: { ...GROUP, ...model }, changes: model },
  }),
  ...tagExamples('Experiment', 'Queue', 'PluginParameterType', 'Plugin', 'PluginFile'),
  ...tagExamples('Entrypoint', 'Model', 'Job'),
};
