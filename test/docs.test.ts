import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERSION } from '#entry/version.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = ['*.md', 'functions/**/*.md', 'test/**/*.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: root }),
);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
};
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the documents', () => {
  it('were found', () => {
    expect(documents.length).toBeGreaterThanOrEqual(5);
  });

  it.each(documents)('%s links to files that exist', (path) => {
    const targets = [...textOf(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
      ([, target = '']) => target,
    );
    const missing = targets.filter((to) => !existsSync(join(root, dirname(path), to)));

    expect(missing).toEqual([]);
  });

  it.each(documents)('%s names scripts that exist', (path) => {
    const names = [...textOf(path).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(
      ([, name = '']) => name,
    );

    expect(names.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });
});

it('the server tells the version of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
