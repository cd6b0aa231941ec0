/** `npm test` and `npm run test:full`: every suite in one run, ended by one countable line. */
import process from 'node:process';
import { type Reporter, startVitest, type TestModule } from 'vitest/node';
import {
  ensureJobPython,
  ensureMlflowPython,
  ensureMlflowServerPython,
  ensureSchemathesisPython,
  ensureStockPython,
} from './sample/python.ts';

interface Count {
  passed: number;
  failed: number;
}

/** Counts tests, and as one failure each a file that did not load and an error outside of any test. */
function counter(count: Count): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]) {
      for (const module of modules) {
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state === 'passed') count.passed += 1;
          if (state === 'failed' || state === 'pending') count.failed += 1;
        }
        if (module.errors().length > 0) count.failed += 1;
      }
      count.failed += unhandledErrors.length;
    },
  };
}

/**
 * Installs what tests need before the first of them starts, so that no test's time limit pays for
 * it; tests ask for the same and find it there.
 */
async function preparePythons(full: boolean): Promise<void> {
  const say = (what: string) => () => process.stdout.write(`installing ${what} (once) …\n`);
  await ensureJobPython({ onInstall: say('the Python packages of jobs') });
  await ensureStockPython({ onInstall: say("what Dioptra's own worker imports") });
  await ensureMlflowPython({ onInstall: say("MLflow's client") });
  if (full) {
    await ensureMlflowServerPython({ onInstall: say('the whole of MLflow, to compare with') });
  }
  await ensureSchemathesisPython({ onInstall: say('schemathesis') });
}

async function main(args: readonly string[]): Promise<void> {
  const full = args.includes('--full');
  if (full) process.env.FULL = '1';
  const filters = args.filter((arg) => arg !== '--full');
  await preparePythons(full);
  const count: Count = { passed: 0, failed: 0 };
  const vitest = await startVitest('test', filters, {
    config: 'test/vitest.config.ts',
    run: true,
    watch: false,
    reporters: ['default', counter(count)],
  });
  await vitest.close();
  const nothingRan = count.passed + count.failed === 0;
  if (nothingRan) count.failed = 1;
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  process.exit(count.failed === 0 && process.exitCode !== 1 ? 0 : 1);
}

await main(process.argv.slice(2));
