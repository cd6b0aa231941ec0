import * as z from 'zod';
import { chosenNeeds, listSwaps } from '#domain/entrypoints/index.ts';
import { shownRefs } from '#domain/resources/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { SnapshotRef } from '../shapes.ts';
import { snapshotRef } from '../snapshot-ref.ts';
import { swapQuery } from './swap-query.ts';
import { ParameterShape } from './wire.ts';

const VERSION = '/entrypoints/{id:int}/snapshots/{snapshotId:int}';

const SwapChoice = z.object({
  swapName: z.string(),
  taskAlias: z.string(),
  taskName: z.string(),
  entrypointKeywordArgs: z.array(z.string()),
  pluginFileResourceSnapshotId: z.int(),
});

const Needs = z.object({
  entrypointParams: z.array(ParameterShape),
  topologicalSort: z.array(z.string()),
  activePlugins: z.array(SnapshotRef),
});

/** What can be chosen in a version of an entrypoint, and what follows from it. */
export const swapRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${VERSION}/swaps`,
    operationId: 'listEntrypointSwaps',
    summary: 'The choices of all swaps of a version, with the parameters that each needs.',
    access: reads('entrypoint', { jobs: true }),
    response: z.array(SwapChoice),
    handle: async ({ ctx, params: { id, snapshotId } }) => {
      const choices = await listSwaps(ctx, id, snapshotId);
      return choices.map(({ swap, alias, task, uses, fileSnapshotId }) => ({
        swapName: swap,
        taskAlias: alias,
        taskName: task,
        entrypointKeywordArgs: uses,
        pluginFileResourceSnapshotId: fileSnapshotId,
      }));
    },
  }),
  route({
    method: 'GET',
    path: `${VERSION}/dynamicGlobalParameters`,
    operationId: 'getEntrypointNeeds',
    summary: 'Parameters, order of steps and plugins of a version under choices of its swaps.',
    access: reads('entrypoint', { jobs: true }),
    query: swapQuery({}),
    response: Needs,
    handle: async ({ ctx, params: { id, snapshotId }, query }) => {
      const needs = await chosenNeeds(ctx, id, snapshotId, query.swaps);
      const refs = await shownRefs(
        ctx,
        needs.plugins.map((plugin) => plugin.id),
      );
      return {
        entrypointParams: needs.parameters.map(({ name, defaultValue, parameterType }) => ({
          name,
          defaultValue,
          parameterType,
        })),
        topologicalSort: needs.order,
        activePlugins: needs.plugins.map((plugin) =>
          snapshotRef(ctx, 'plugins', needs.groupId, plugin, refs),
        ),
      };
    },
  }),
];
