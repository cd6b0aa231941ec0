/** Calls as the document shows them, each sent by a test. Of forms, what is sent beside the file. */
import { bodies, type Examples } from '#http/examples.ts';

const password = 'correct horse battery staple';

export const examples: Examples = bodies({
  registerExperiment: { name: 'mnist' },
  renameExperiment: { name: 'mnist-2' },
  renameExperimentByName: { name: 'mnist-2' },
  registerQueue: { name: 'tensorflow_cpu' },
  renameQueue: { name: 'tensorflow_gpu' },
  renameQueueByName: { name: 'tensorflow_gpu' },
  submitJob: {
    experiment_name: 'mnist',
    queue: 'tensorflow_cpu',
    timeout: '24h',
    entry_point: 'main',
    entry_point_kwargs: '-P name=x',
  },
  registerTaskPlugin: { task_plugin_name: 'my_plugin', collection: 'dioptra_custom' },
  uploadWorkflow: { filename: 'workflows.tar.gz', size: 52_428_800 },
  reportJobProgress: { fraction: 0.4, message: 'epoch 4 of 10' },
  registerUser: {
    username: 'erin',
    password,
    password_confirm: password,
    email_address: 'erin@lab.test',
  },
});
