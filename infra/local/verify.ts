/** `npm run verify`: every check that a change must pass, cheapest first; the first failure ends it. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const bin = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', bin('biome'), 'format', '.'],
  ['lint', bin('biome'), 'lint', '--error-on-warnings', '.'],
  ['types', bin('tsc'), '-p', 'tsconfig.json'],
  ['types of infra', bin('tsc'), '-p', 'infra/tsconfig.json'],
  ['types of the APIs', process.execPath, here('../web/types.ts')],
  ['types of what browsers run', bin('tsc'), '-p', 'functions/web/tsconfig.json'],
  ['dead code', bin('knip')],
  ['tests', process.execPath, here('test.ts')],
];

for (const [name, command, ...args] of steps) {
  const startedAt = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (status !== 0) {
    process.stderr.write(
      `verify: ${name} failed after ${seconds} s${error ? `: ${error.message}` : ''}\n`,
    );
    process.exit(1);
  }
  process.stdout.write(`verify: ${name} passed in ${seconds} s\n`);
}
