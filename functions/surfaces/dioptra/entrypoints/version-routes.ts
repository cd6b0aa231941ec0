import * as z from 'zod';
import {
  entrypointBundle,
  entrypointKind,
  getEntrypointConfig,
  type PluginList,
} from '#domain/entrypoints/index.ts';
import { getSnapshot } from '#domain/resources/index.ts';
import { attachment } from '#http/attachment.ts';
import { type Route, reads, route } from '#http/route.ts';
import { pythonBoolean } from '#kernel/strings.ts';
import { BundleQuery } from '../plugins/bundle-query.ts';
import { EntrypointPlugin, readBindings } from './plugin-wire.ts';
import { swapQuery } from './swap-query.ts';

const VERSION = '/entrypoints/{id:int}/snapshots/{snapshotId:int}';

const Sections = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((given) => {
    const names = [given ?? []].flat().flatMap((text) => text.split(','));
    const sections = names.map((name) => name.trim()).filter((name) => name !== '');
    return sections.length === 0 ? undefined : sections;
  });
const ConfigQuery = swapQuery({ sections: Sections, partial: pythonBoolean().optional() });

const Section = z.record(z.string(), z.unknown()).optional();
const EngineDocument = z.object({
  types: Section,
  parameters: Section,
  tasks: Section,
  graph: Section,
  artifact_outputs: Section,
  artifact_inputs: Section,
});

const bundleRoute = (list: PluginList, title: string): Route =>
  route({
    method: 'GET',
    path: `${VERSION}/${list}/bundle`,
    operationId: `getEntrypoint${title}sBundle`,
    summary: 'The files of the plugins that a version binds, as an archive.',
    access: reads('entrypoint', { jobs: true }),
    query: BundleQuery,
    handle: async ({ ctx, params: { id, snapshotId }, query }) =>
      attachment(await entrypointBundle(ctx, { id, snapshot: snapshotId }, list, query.fileType)),
  });

export const versionRoutes: readonly Route[] = [
  bundleRoute('plugins', 'Plugin'),
  bundleRoute('artifactPlugins', 'ArtifactPlugin'),
  route({
    method: 'GET',
    path: `${VERSION}/artifactPlugins`,
    operationId: 'listEntrypointSnapshotArtifactPlugins',
    summary: 'The artifact plugins that a version binds.',
    access: reads('entrypoint', { jobs: true }),
    response: z.array(EntrypointPlugin),
    handle: async ({ ctx, params: { id, snapshotId } }) => {
      const { data } = await getSnapshot(ctx, entrypointKind, id, snapshotId);
      return (await readBindings(ctx, data.artifactPlugins, [])).shape(data.artifactPlugins);
    },
  }),
  route({
    method: 'GET',
    path: `${VERSION}/config`,
    operationId: 'getEntrypointConfig',
    summary: 'The document that the task engine runs, or sections of it.',
    access: reads('entrypoint', { jobs: true }),
    query: ConfigQuery,
    response: EngineDocument,
    handle: async ({ ctx, params: { id, snapshotId }, query }) =>
      getEntrypointConfig(ctx, id, snapshotId, {
        choices: query.swaps,
        partial: query.partial === true,
        ...(query.sections === undefined ? {} : { sections: query.sections }),
      }),
  }),
];
