import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BUILTIN_PLUGINS } from '#domain/plugins/builtin-plugins.ts';

const folder = fileURLToPath(
  new URL('../../../../functions/worker/runtimes/mlproject/dioptra_builtins', import.meta.url),
);

it('the list of built-in plugins is what comes with the worker', () => {
  const packages = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== '__pycache__')
    .map(({ name }) => ({ name, files: readdirSync(join(folder, name)) }))
    .toSorted((a, b) => a.name.localeCompare(b.name));

  expect(packages.every(({ files }) => files.includes('__init__.py'))).toBe(true);
  const listed = packages.map(({ name, files }) => ({
    name,
    modules: files.filter((file) => /^[^_].*\.py$/.test(file)).toSorted(),
  }));
  expect(listed).toEqual(BUILTIN_PLUGINS);
});
