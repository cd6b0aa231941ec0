import type { OpenApiTag } from '#http/openapi-tags.ts';

/** What the operations are about, in the order in which the page of the API shows it. */
export const tags: readonly OpenApiTag[] = [
  { name: 'auth', description: 'Signing in and out.' },
  { name: 'users', description: 'Accounts, and the personal tokens of the signed-in one.' },
  { name: 'groups', description: 'Who may do what with what: members, service accounts.' },
  { name: 'invitations', description: 'Who may make an account.' },
  { name: 'experiments', description: 'Experiments, their entrypoints, and their jobs.' },
  { name: 'jobs', description: 'What was submitted, its state, its log, its metrics.' },
  { name: 'entrypoints', description: 'Graphs of tasks, with parameters, plugins and queues.' },
  { name: 'plugins', description: 'Python files and the tasks in them.' },
  { name: 'pluginParameterTypes', description: 'Types of what goes into tasks and comes out.' },
  { name: 'queues', description: 'Where jobs wait; each is served by a pool of workers.' },
  { name: 'artifacts', description: 'What jobs have made, and its bytes.' },
  { name: 'models', description: 'Named artifacts with versions.' },
  { name: 'tags', description: 'Words to find things by.' },
  { name: 'workflows', description: 'Analysis of files, import, and drafts that become real.' },
  { name: 'audit', description: 'Who changed what, and when.' },
  { name: 'events', description: 'Events of A/B tests that could not be stored.' },
  { name: 'workerTokens', description: 'Which workers of your own may run jobs.' },
  { name: 'document', description: 'This document.', paths: /^\/openapi\.json$/ },
];
