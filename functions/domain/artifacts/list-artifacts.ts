import { type ListRequest, listResources, type ResourcePage } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type Artifact, artifactKind, outputTypesKey } from './artifacts.ts';

/**
 * A page of artifacts; with `outputTypes` of those alone whose task has outputs of exactly these
 * types in this order.
 */
export function listArtifacts(
  ctx: Context,
  { outputTypes, ...request }: ListRequest & { readonly outputTypes?: readonly number[] },
): Promise<ResourcePage<Artifact>> {
  if (outputTypes === undefined) return listResources(ctx, artifactKind, request);
  const wanted = outputTypesKey(outputTypes);
  const where = {
    name: `outputs:${wanted}`,
    matches: ({ outputTypes: types }: { readonly [field: string]: unknown }) =>
      types === undefined ? undefined : types === wanted,
  };
  return listResources(ctx, artifactKind, { ...request, where });
}
