/** `npm run cost`: what a deployment costs, from counted units and list prices; `--json` for programs. */
import process from 'node:process';
import { readOptions } from '../../../infra/local/options.ts';
import { countCost } from './cost.ts';
import { costReport } from './report.ts';

try {
  const values = readOptions('Options: --json (for programs).', {
    json: { type: 'boolean', default: false },
  });
  process.stderr.write('counting the units of calls and jobs (some ten seconds) …\n');
  const cost = await countCost();
  process.stdout.write(values.json ? `${JSON.stringify(cost, undefined, 2)}\n` : costReport(cost));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
