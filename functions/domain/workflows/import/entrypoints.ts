import type { Unpacked } from '#archives/read-archive.ts';
import {
  changeEntrypoint,
  createEntrypoint,
  type Entrypoint,
  entrypointKind,
  graphsInFile,
  queueIds,
} from '#domain/entrypoints/index.ts';
import type { Plugin } from '#domain/plugins/index.ts';
import { deleteResource, getResource, holderOfName } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { ImportConfig } from './config.ts';
import { importFailed, requireUnique } from './failed.ts';
import { innerPath, textOf } from './source.ts';
import type { Imported, ImportPlan, TypedParams } from './types.ts';

type EntrypointConfig = ImportConfig['entrypoints'][number];

/** What entrypoints of an import refer to. */
export interface Surroundings {
  /** Where the config lies. */
  readonly base: string;
  readonly unpacked: Unpacked;
  readonly typed: TypedParams;
  readonly plugins: ReadonlyMap<string, Plugin>;
}

function declared(
  plugins: Surroundings['plugins'],
  names: readonly string[],
  list: string,
): Plugin[] {
  const lost = names.filter((name) => !plugins.has(name));
  if (lost.length > 0) {
    throw importFailed(`${list}: ${lost.join(', ').slice(0, 300)}:`, 'Plugin used but undeclared.');
  }
  return names.flatMap((name) => plugins.get(name) ?? []);
}

async function textsOf(config: EntrypointConfig, { base, unpacked, typed }: Surroundings) {
  const { name, description, params, artifact_params } = config;
  requireUnique(
    'entrypoint parameter',
    params.map((param) => param.name),
  );
  const path = innerPath(base, config.path);
  const graphs = await graphsInFile(path, textOf(unpacked, path));
  return {
    name,
    description,
    ...graphs,
    parameters: params.map((param) => ({
      name: param.name,
      parameterType: param.type,
      defaultValue: param.default_value === null ? null : String(param.default_value),
    })),
    artifactParameters: artifact_params.map((param) => ({
      name: param.name,
      outputParams: typed(param.output_params),
    })),
  };
}

async function importEntrypoint(
  ctx: Context,
  { groupId, strategy }: ImportPlan,
  config: EntrypointConfig,
  surroundings: Surroundings,
): Promise<Entrypoint> {
  const text = await textsOf(config, surroundings);
  const plugins = declared(surroundings.plugins, config.plugins, 'plugins');
  const artifactPlugins = declared(
    surroundings.plugins,
    config.artifact_plugins,
    'artifact_plugins',
  );
  const named = { name: config.name } as Entrypoint['data'];
  const existing =
    strategy === 'fail'
      ? undefined
      : await holderOfName(ctx, entrypointKind, { groupId, data: named });
  if (existing !== undefined && strategy === 'update') {
    const before = await getResource(ctx, entrypointKind, existing);
    return changeEntrypoint(ctx, existing, {
      ...text,
      pluginSnapshotIds: plugins.map(({ snapshot }) => snapshot),
      artifactPluginSnapshotIds: artifactPlugins.map(({ snapshot }) => snapshot),
      queues: queueIds(before),
    });
  }
  if (existing !== undefined) await deleteResource(ctx, entrypointKind, existing);
  return createEntrypoint(ctx, {
    ...text,
    groupId,
    plugins: plugins.map(({ id }) => id),
    artifactPlugins: artifactPlugins.map(({ id }) => id),
    queues: [],
  });
}

/** Makes the entrypoints of the config. */
export async function importEntrypoints(
  ctx: Context,
  plan: ImportPlan,
  entrypoints: ImportConfig['entrypoints'],
  surroundings: Surroundings,
): Promise<Imported> {
  requireUnique(
    'entrypoint',
    entrypoints.map(({ name }) => name),
  );
  const ids = new Map<string, number>();
  for (const config of entrypoints) {
    ids.set(config.name, (await importEntrypoint(ctx, plan, config, surroundings)).id);
  }
  return ids;
}
