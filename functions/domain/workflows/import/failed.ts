import { type AppError, invalid } from '#kernel/errors.ts';

/** An import that cannot be; `reason` tells what to mend. */
export const importFailed = (message: string, reason: string): AppError =>
  invalid('import_failed', `${message} ${reason}`, { reason });

/** Throws when two things of one kind share a name. */
export function requireUnique(kind: string, names: readonly string[]): void {
  const again = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (again.length === 0) return;
  throw importFailed(
    `The config names each ${kind} once, not so: ${again.slice(0, 10).join(', ').slice(0, 500)}.`,
    'Duplicate names encountered in TOML file.',
  );
}
