import type { Cell } from '../frame/peer.ts';
import { shown, table } from '../frame/tables.ts';
import { JUDGED_CLIENTS, ratioOf, type Verdict } from './goals.ts';
import type { BesideResults } from './suite.ts';

function loadTable(cells: readonly Cell[], original: string): string {
  const header = `request|clients|server|req/s|least–most|: ${original}|p50 ms|p99 ms`.split('|');
  const cpu = ['CPU ms/req', 'of stores', 'of client', 'RSS MB'];
  const rows = cells.map((cell) => [
    cell.scenario,
    String(cell.clients),
    cell.peer,
    shown(cell.perSecond.median),
    `${shown(cell.perSecond.least)}–${shown(cell.perSecond.most)}`,
    shown(ratioOf(cells, cell, original)),
    shown(cell.p50Ms),
    shown(cell.p99Ms),
    shown(cell.cpuMsPerRequest),
    shown(cell.storeCpuMsPerRequest),
    shown(cell.clientCpuMsPerRequest),
    shown(cell.rssMb),
  ]);
  return table([...header, ...cpu], rows);
}

const times = (ratio: number | undefined): string =>
  ratio === undefined ? 'not measured' : `${shown(ratio)}×`;

const goalOf = ({ goal, most }: Verdict): string => `${most ? '≤' : '≥'} ${goal}×`;

function verdictTable(verdicts: readonly Verdict[], original: string): string {
  const rows = verdicts.map((verdict) => [
    verdict.scenario,
    verdict.peer,
    times(verdict.ratio),
    goalOf(verdict),
    verdict.met ? 'yes' : 'NO',
  ]);
  return table(['request', 'server', `of ${original}`, 'goal', 'met'], rows);
}

/** The rows that missed their goals, for the last line of a run. */
export function missesOf(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts
    .filter(({ met }) => !met)
    .map((one) => {
      const floor =
        one.floor === undefined ? '' : ` (the calls of its store alone: ${times(one.floor)})`;
      return `${one.peer}, ${one.scenario}: ${times(one.ratio)} of ${goalOf(one)}${floor}`;
    });
}

export function besideReport({ original, cells, verdicts, notes }: BesideResults): string {
  const judged =
    verdicts.length > 0
      ? verdictTable(verdicts, original)
      : `Not judged: goals are for ${JUDGED_CLIENTS} clients, in runs that are neither quick nor busy.`;
  const sections: readonly (readonly [string, string])[] = [
    [
      'Load (interleaved rounds; compare within a request and number of clients)',
      loadTable(cells, original),
    ],
    ['What the servers are', notes.map((note) => `- ${note}`).join('\n')],
    [`Goals, at ${JUDGED_CLIENTS} clients`, judged],
  ];
  return sections.map(([title, text]) => `\n${title}\n\n${text}\n`).join('');
}
