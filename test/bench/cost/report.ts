import type { Amounts, Price, Priced } from '../../../infra/prices.ts';
import { dollarsOf, PRICES } from '../../../infra/prices.ts';
import { table } from '../frame/tables.ts';
import { ASSUMED, JOB } from './assumptions.ts';
import type { Bill, Cost } from './cost.ts';

const money = (dollars: number): string => `$${dollars.toFixed(dollars < 0.1 ? 3 : 2)}`;
const amount = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

const verdict = (dollars: number, goal: number | undefined): readonly string[] =>
  goal === undefined ? ['–', '–'] : [`≤ ${money(goal)}`, dollars <= goal ? 'yes' : 'NO'];

function partsOf(amounts: Amounts): string {
  const rows = (Object.keys(amounts) as Priced[])
    .map((name) => ({ name, used: amounts[name] ?? 0 }))
    .filter(({ used }) => used > 0)
    .map(({ name, used }) => {
      const { usd, per, unit }: Price = PRICES[name];
      const each = per === 1 ? `$${usd}` : `$${usd} per ${per.toLocaleString('en-US')}`;
      return { dollars: dollarsOf({ [name]: used }), row: [unit, amount(used), each] };
    })
    .sort((a, b) => b.dollars - a.dollars)
    .map(({ dollars, row }) => [...row, money(dollars)]);
  return table(['what', 'used', 'list price', 'cost'], rows);
}

const sectionOf = ({ what, amounts, dollars }: Bill): string =>
  `\n${what}: ${money(dollars)}\n\n${partsOf(amounts)}\n`;

function idleSection({ idle }: Cost): string {
  const costly = idle.rows.filter(({ dollars }) => dollars > 0);
  const free = idle.rows.filter(({ dollars }) => dollars === 0);
  const rows = costly.map(({ type, count, dollars, why }) => [
    type,
    String(count),
    money(dollars),
    why,
  ]);
  const kinds = free.map(({ type, count }) => `${type} (${count})`).join(', ');
  return (
    `\na month in which nobody calls, without storage: ${money(idle.dollars)}\n\n` +
    `${table(['resource', 'count', 'cost', 'why'], rows)}\nFree while nobody uses them: ${kinds}.\n`
  );
}

const storage =
  '\nStorage comes on top, by the GB and month: ' +
  `${money(PRICES.tableGbMonth.usd + PRICES.pitrGbMonth.usd)} in the table with its recovery, ` +
  `${money(PRICES.s3GbMonth.usd)} in the bucket, ${money(PRICES.logGbMonth.usd)} of kept logs, ` +
  `${money(PRICES.imageGbMonth.usd)} of images.\n`;

const assumptions = ({ runtime, callsOfOneJob }: Cost): string =>
  `\nUnits are counted on the application in process, with credentials that are not cached. Assumed are\n` +
  `${ASSUMED.cpuMs} ms of CPU and ${ASSUMED.tableMs} ms for each wait for the table on functions of ` +
  `${runtime.megabytes} MB, and ${Math.round(runtime.logBytes)} bytes of log a call.\n` +
  `The job makes ${callsOfOneJob} calls in ${JOB.seconds} s on ${JOB.vcpu} vCPU and ` +
  `${JOB.gigabytes} GB; a task of its own would add its start and two idle minutes.\n`;

/** Everything as text for a terminal. */
export function costReport(cost: Cost): string {
  const { prices, bills, idle } = cost;
  const month = { what: 'a month in which nobody calls', ...idle };
  const summary = [...bills, month].map(({ what, dollars, goal }) => [
    what,
    money(dollars),
    ...verdict(dollars, goal),
  ]);
  return [
    `List prices of ${prices.region} as of ${prices.asOf}; free tiers are left out, but ten alarms.\n\n`,
    `${table(['what', 'cost', 'goal', 'within'], summary)}\n`,
    ...bills.map(sectionOf),
    idleSection(cost),
    storage,
    assumptions(cost),
  ].join('');
}
