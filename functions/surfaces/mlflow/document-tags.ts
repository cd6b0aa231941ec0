import type { OpenApiTag } from '#http/openapi-tags.ts';

/** What the operations are about; traces are named in paths of other things, too. */
export const tags: readonly OpenApiTag[] = [
  { name: 'experiments', description: 'Experiments and their tags.', paths: /\/experiments\// },
  {
    name: 'traces',
    description: 'Traces, their tags and assessments.',
    paths: /\/(traces|get-trace-artifact)\b/,
  },
  {
    name: 'logged models',
    description: 'Models that runs have logged.',
    paths: /\/logged-models\b|\/runs\/log-model$/,
  },
  { name: 'runs', description: 'Runs, and what they report.', paths: /\/runs\// },
  { name: 'metrics', description: 'Histories of metrics.', paths: /\/metrics\// },
  {
    name: 'registered models',
    description: 'The registry: models by name, with aliases.',
    paths: /\/registered-models\//,
  },
  {
    name: 'model versions',
    description: 'Versions of registered models.',
    paths: /\/model-versions\//,
  },
  {
    name: 'artifacts',
    description: 'Files of runs and models.',
    paths: /\/(mlflow-artifacts|artifacts|get-artifact)\b/,
  },
  {
    name: 'server',
    description: 'What this server is, and its workspaces.',
    paths: /\/(server-info|workspaces|graphql|version|health)\b/,
  },
];
