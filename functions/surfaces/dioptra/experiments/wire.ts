import * as z from 'zod';
import { type ExperimentData, entrypointIds, experimentKind } from '#domain/experiments/index.ts';
import { shownRefs } from '#domain/resources/index.ts';
import type { ResourceMount } from '../resource-routes.ts';
import { ResourceFields, ResourceRef, resourceFields, resourceRef } from '../shapes.ts';

export const Experiment = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  entrypoints: z.array(ResourceRef),
});

export const experimentMount: ResourceMount<ExperimentData> = {
  path: 'experiments',
  title: 'Experiment',
  scope: 'experiment',
  kind: experimentKind,
  response: Experiment,
  jobs: true,
  shape: async (ctx, rows, beside, versions) => {
    const refs = await shownRefs(ctx, rows.flatMap(entrypointIds));
    return rows.map((experiment, index) => ({
      ...resourceFields(ctx, beside, experiment, versions?.[index]),
      name: experiment.data.name,
      description: experiment.data.description,
      entrypoints: entrypointIds(experiment).flatMap((id) => {
        const entrypoint = refs.get(id);
        return entrypoint === undefined ? [] : [resourceRef(ctx, 'entrypoints', entrypoint)];
      }),
    }));
  },
};
