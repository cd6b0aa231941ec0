/** What the operations of a document are grouped by. */
import type { Json } from './openapi-schema.ts';
import type { Route } from './route.ts';

export interface OpenApiTag {
  readonly name: string;
  readonly description: string;
  /** Of which paths; the first tag that fits is taken. Those below `/<name>` where it is missing. */
  readonly paths?: RegExp;
}

const isOf = ({ name, paths }: OpenApiTag, path: string): boolean =>
  paths === undefined ? path.split(/[/:{]/)[1] === name : paths.test(path);

/** The tag of each route, and those that some route has. Throws where a route has none. */
export function tagsOf(
  tags: readonly OpenApiTag[] | undefined,
  routes: readonly Route[],
): { readonly tagOf: (route: Route) => string; readonly tags: readonly Json[] } {
  if (tags === undefined) {
    return { tagOf: ({ path }) => path.split(/[/:{]/)[1] ?? '', tags: [] };
  }
  const tagOf = ({ path }: Route): string => {
    const found = tags.find((tag) => isOf(tag, path));
    if (found === undefined) throw new Error(`${path} has no tag.`);
    return found.name;
  };
  const used = new Set(routes.map(tagOf));
  return {
    tagOf,
    tags: tags
      .filter(({ name }) => used.has(name))
      .map(({ name, description }) => ({ name, description })),
  };
}
