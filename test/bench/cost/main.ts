/** `npm run cost`: what a deployment costs, from counted units and list prices; `--json` for programs. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { countCost } from './cost.ts';
import { costReport } from './report.ts';

function readArguments() {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } });
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nOptions: --json (for programs).`,
    );
  }
}

try {
  const { values } = readArguments();
  process.stderr.write('counting the units of calls and jobs (some ten seconds) …\n');
  const cost = await countCost();
  process.stdout.write(values.json ? `${JSON.stringify(cost, undefined, 2)}\n` : costReport(cost));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
