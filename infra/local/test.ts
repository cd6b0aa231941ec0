/** `npm test`, `npm run test:full` and `npm run test:faults`: suites in one run, ended by one countable line. */
import process from 'node:process';
import { type Reporter, startVitest, type TestModule } from 'vitest/node';
import {
  ensureJobPython,
  ensureMlflowPython,
  ensureMlflowServerPython,
  ensurePosthogPython,
  ensureSchemathesisPython,
  ensureStatsPython,
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

/** What goes wrong on purpose: processes, lines and stores. */
const FAULTS = ['test/faults/', 'test/contract/aws-faults', 'aws-object-faults', 'aws-api-faults'];

interface Form {
  /** The long loops, too. */
  readonly full: boolean;
  /** Those of the faults alone. */
  readonly faults: boolean;
}

/**
 * Installs what tests need before the first of them starts, so that no test's time limit pays for
 * it; tests ask for the same and find it there.
 */
async function preparePythons({ full, faults }: Form): Promise<void> {
  const say = (what: string) => () => process.stdout.write(`installing ${what} (once) …\n`);
  await ensureJobPython({ onInstall: say('the Python packages of jobs') });
  if (faults) return;
  await ensureStockPython({ onInstall: say("what Dioptra's own worker imports") });
  await ensureMlflowPython({ onInstall: say("MLflow's client") });
  await ensurePosthogPython({ onInstall: say("PostHog's SDK for Python") });
  if (full) {
    await ensureMlflowServerPython({ onInstall: say('the whole of MLflow, to compare with') });
    await ensureStatsPython({ onInstall: say("pandas and GrowthBook's statistics") });
  }
  await ensureSchemathesisPython({ onInstall: say('schemathesis') });
}

async function main(args: readonly string[]): Promise<void> {
  const form = { full: args.includes('--full'), faults: args.includes('--faults') };
  if (form.full || form.faults) process.env.FULL = '1';
  const given = args.filter((arg) => !arg.startsWith('--'));
  const filters = form.faults && given.length === 0 ? FAULTS : given;
  await preparePythons(form);
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
