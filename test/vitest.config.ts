import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

interface SuiteOptions {
  readonly globalSetup?: string[];
  readonly maxConcurrency?: number;
  readonly isolate?: boolean;
  readonly exclude?: string[];
  readonly expect?: { readonly poll: { readonly timeout: number } };
}

const isFull = process.env.FULL === '1';
/** Installing what it needs, a whole MLflow, takes as long as many suites. */
const BESIDE_A_SERVER = 'test/conformance/mlflow-differential.test.ts';

/** One suite of test/README.md: what it includes and how long one test may take. */
const suite = (
  name: string,
  include: readonly string[],
  seconds: number,
  more: SuiteOptions = {},
): TestProjectConfiguration => ({
  test: {
    name,
    root,
    include: [...include],
    setupFiles: ['test/support/property-seed.ts'],
    ...more,
    testTimeout: seconds * 1000,
    // The first hook that needs Python packages or an emulator also downloads them.
    hookTimeout: 300_000,
  },
});

export default defineConfig({
  root,
  test: {
    // One for each core of a small machine: most tests wait for processes, so one alone would idle.
    maxWorkers: 2,
    projects: [
      suite(
        'unit',
        [
          'test/unit/**/*.test.ts',
          'test/surface/**/*.test.ts',
          'test/security/**/*.test.ts',
          'test/*.test.ts',
        ],
        20,
      ),
      suite('contract', ['test/contract/**/*.test.ts'], 60),
      // Files share their modules, and so the stacks that they make, which takes a third of the CPU.
      suite('infra', ['test/infra/**/*.test.ts'], 120, { isolate: false }),
      // Each test has workers of its own; more at a time would make them miss their leases.
      suite('faults', ['test/faults/**/*.test.ts'], 180, { maxConcurrency: 3 }),
      suite('conformance', ['test/conformance/**/*.test.ts'], 300, {
        exclude: isFull ? [] : [BESIDE_A_SERVER],
      }),
      // Each file has a server and a browser of its own.
      suite('web', ['test/web/**/*.test.ts'], 120, { expect: { poll: { timeout: 15_000 } } }),
      suite('bench', ['test/bench/**/*.test.ts'], 120),
      ...(isFull ? [suite('image', ['test/image/**/*.test.ts'], 300)] : []),
      suite('e2e', ['test/e2e/**/*.test.ts'], 180, {
        globalSetup: ['test/support/emulator-setup.ts'],
      }),
    ],
    coverage: { include: ['functions/**/*.ts'], reportsDirectory: 'coverage' },
  },
});
