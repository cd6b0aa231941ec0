/** Calls as the document shows them, each sent by a test. */
import { bodies, type Examples } from '#http/examples.ts';

const password = 'correct horse battery staple';

export const examples: Examples = bodies({
  registerExperiment: { name: 'mnist' },
  renameExperiment: { name: 'mnist-2' },
  renameExperimentByName: { name: 'mnist-2' },
  registerQueue: { name: 'tensorflow_cpu' },
  renameQueue: { name: 'tensorflow_gpu' },
  renameQueueByName: { name: 'tensorflow_gpu' },
  uploadWorkflow: { filename: 'workflows.tar.gz', size: 52_428_800 },
  reportJobProgress: { fraction: 0.4, message: 'epoch 4 of 10' },
  registerUser: {
    username: 'erin',
    password,
    password_confirm: password,
    email_address: 'erin@lab.test',
  },
});
