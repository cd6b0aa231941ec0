/** What a build of the dashboard looks like: the page, what it loads, and a file beside them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SCRIPT = 'assets/index-Bx3_9-aZ.js';

/** Each file by its path. */
export const UI_FILES: Readonly<Record<string, string>> = {
  'index.html': `<!doctype html><script type="module" src="/ui/${SCRIPT}"></script><p>dashboard`,
  [SCRIPT]: 'export const page = "dashboard";\n'.repeat(200),
  'assets/index-C0ffee12.css': 'p { color: green }\n'.repeat(50),
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
};

export interface UiBuild {
  readonly folder: string;
  remove(): void;
}

/** A folder with such a build, and a file above it that nobody may see. */
export function uiBuild(): UiBuild {
  const parent = mkdtempSync(join(tmpdir(), 'assay-ui-'));
  const folder = join(parent, 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(parent, 'secret.txt'), 'a secret');
  writeFileSync(join(folder, '.built-from'), 'what the builder notes');
  for (const [name, text] of Object.entries(UI_FILES)) writeFileSync(join(folder, name), text);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}
