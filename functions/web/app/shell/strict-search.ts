import type { AnyRoute } from '@tanstack/react-router';

type Search = Readonly<Record<string, unknown>>;

const unset = (search: Search) =>
  Object.fromEntries(Object.keys(search).map((key) => [key, undefined]));

/**
 * What a route reads of an address is all that its page sees. The router itself lays it over what stood there,
 * so that what was refused, and left out, would come through as it was.
 */
export function readStrictly(routes: Iterable<AnyRoute>): void {
  for (const { options } of routes) {
    const read: unknown = options.validateSearch;
    if (typeof read !== 'function') continue;
    options.validateSearch = (search: Search) => ({ ...unset(search), ...read(search) });
  }
}
