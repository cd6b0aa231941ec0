import { AppError } from '#kernel/errors.ts';

/** What a list is sorted by, by the name that callers use. Throws `invalid` (`sort_parameter`). */
export function sortColumn(
  entity: string,
  sortable: { readonly [name: string]: string },
  sortBy: string | undefined,
): string | undefined {
  if (sortBy === undefined || sortBy === '') return undefined;
  if (Object.hasOwn(sortable, sortBy)) return sortable[sortBy];
  const names = Object.keys(sortable).join(', ');
  throw new AppError('invalid', `Cannot sort by "${sortBy}"; use one of: ${names}.`, {
    reason: 'sort_parameter',
    detail: { entity },
  });
}
