/** The suites by their names on the command line. */
import type { Scenario } from './beside/goals.ts';
import { besideReport, missesOf } from './beside/report.ts';
import { type Beside, runBeside } from './beside/suite.ts';
import { coreReport } from './core/report.ts';
import { runCore } from './core/suite.ts';
import { besideDioptra } from './dioptra/beside.ts';
import { stagesOf as dioptraStages } from './dioptra/scenarios.ts';
import { flagsReport } from './flags/report.ts';
import { flagFailures, runFlags } from './flags/suite.ts';
import { isBusy, type Machine } from './frame/machine.ts';
import type { Cell } from './frame/peer.ts';
import { jobsReport } from './jobs/report.ts';
import { EIGHT_PROCESSES, failuresOf, ONE_PROCESS, runJobs } from './jobs/suite.ts';
import { besideMlflow } from './mlflow/beside.ts';
import { stagesOf as mlflowStages } from './mlflow/scenarios.ts';

/** A mistake in the arguments; its text is for the person at the keyboard. */
export class Misuse extends Error {}

/** What every suite takes, and what a run is about besides that. */
export interface Plan {
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly only: string;
  /** Of the suite `jobs`. */
  readonly jobs: number;
  readonly profileTo: string | undefined;
  readonly quick: boolean;
  readonly busy: boolean;
}

interface Running extends Plan {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onCell: (cell: Cell) => void;
}

interface Outcome {
  /** All that is kept; a plan of its own stands for what the suite did not ask for. */
  readonly results: { readonly notes: readonly string[]; readonly plan?: object };
  readonly report: string;
  /** Why the run counts as failed, a line each. */
  readonly failures: readonly string[];
}

export interface Suite {
  readonly rounds: string;
  readonly seconds: string;
  run(running: Running): Promise<Outcome>;
}

/** On a busy machine the original loses more than Assay, so goals that are missed would look met. */
function requireQuiet(machine: Machine): void {
  if (!isBusy(machine)) return;
  throw new Misuse(
    `Goals cannot be judged: others work on this machine (load ${machine.loadBefore}, ${machine.cores} cores). ` +
      'Wait until they are done, or pass --busy to measure without judging.',
  );
}

const core: Suite = {
  rounds: '3',
  seconds: '3',
  async run({ quick, busy: _busy, machine: _machine, jobs: _jobs, ...options }) {
    const sizes = quick
      ? { rows: 40, coldStarts: 1, restMs: 100 }
      : { rows: 1_000, coldStarts: 21, restMs: 2_000 };
    const results = await runCore({ ...options, ...sizes });
    return { results, report: coreReport(results), failures: [] };
  },
};

/** An original beside Assay: judged unless it is quick or the machine is known to be busy. */
const beside = <S extends Scenario>(of: (quick: boolean) => Beside<S>): Suite => ({
  rounds: '5',
  seconds: '2',
  async run({ quick, busy, machine, jobs: _jobs, ...options }) {
    const judged = !quick && !busy;
    if (judged) requireQuiet(machine);
    const results = await runBeside(of(quick), { ...options, judged });
    const missing = results.complete ? [] : ['The original was left out.'];
    return {
      results,
      report: besideReport(results),
      failures: [...missing, ...missesOf(results.verdicts)],
    };
  },
});

/** Fails where a job got lost or took too much, however busy the machine is. */
const jobs: Suite = {
  rounds: '1',
  seconds: '1',
  async run({ quick, jobs, profileTo, signal, say }) {
    const plan = { quick, jobs, pickups: quick ? 10 : 200, pickupMs: quick ? 50 : 250 };
    const rows = quick ? [{ processes: 2, slots: 4 }] : [ONE_PROCESS, EIGHT_PROCESSES];
    const results = await runJobs({ ...plan, rows, profileTo, signal, say });
    return {
      results: { plan, ...results },
      report: jobsReport(results),
      failures: failuresOf(results),
    };
  },
};

/** Fails where values or numbers of people are wrong, and, on a quiet machine, where goals are missed. */
const flags: Suite = {
  rounds: '9',
  seconds: '1',
  async run({ quick, busy, machine, signal, say }) {
    const judged = !quick && !busy;
    if (judged) requireQuiet(machine);
    const results = await runFlags({ quick, signal, say });
    return { results, report: flagsReport(results), failures: flagFailures(results, judged) };
  },
};

const dioptra = beside((quick) =>
  besideDioptra(quick ? dioptraStages(40) : dioptraStages(1_000, 10_000)),
);

const mlflow = beside((quick) =>
  besideMlflow(quick ? mlflowStages(100, []) : mlflowStages(100, [10_000, 100_000])),
);

export const SUITES: ReadonlyMap<string, Suite> = new Map([
  ['core', core],
  ['dioptra', dioptra],
  ['mlflow', mlflow],
  ['jobs', jobs],
  ['flags', flags],
]);
