import type { Cell } from '../frame/peer.ts';
import { shown, table } from '../frame/tables.ts';
import type { CoreResults } from './suite.ts';
import type { CountedCall } from './units.ts';

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(0)} KB`;

/** How much one peer answers for each answer of another, in the same rounds. */
function ratio(cells: readonly Cell[], cell: Cell): string {
  const base = cells.find(
    ({ scenario, clients, peer }) =>
      scenario === cell.scenario && clients === cell.clients && peer === 'embedded',
  );
  return base === undefined
    ? '–'
    : shown(Number((cell.perSecond.median / base.perSecond.median).toFixed(2)));
}

function loadTable(cells: readonly Cell[]): string {
  const header = 'request|clients|server|req/s|least–most|: embedded|p50 ms|p99 ms'.split('|');
  const cpu = ['CPU ms/req', 'of stores', 'of client', 'RSS MB'];
  const rows = cells.map((cell) => [
    cell.scenario,
    String(cell.clients),
    cell.peer,
    shown(cell.perSecond.median),
    `${shown(cell.perSecond.least)}–${shown(cell.perSecond.most)}`,
    ratio(cells, cell),
    shown(cell.p50Ms),
    shown(cell.p99Ms),
    shown(cell.cpuMsPerRequest),
    shown(cell.storeCpuMsPerRequest),
    shown(cell.clientCpuMsPerRequest),
    shown(cell.rssMb),
  ]);
  return table([...header, ...cpu], rows);
}

function unitRow({ call, budget, counted, within }: CountedCall): string[] {
  const pair = (used: number | undefined, most: number | undefined): string =>
    `${shown(used)} of ${most === undefined ? '–' : `≤ ${most}`}`;
  if (counted === undefined) return [call, 'not served yet'];
  return [
    call,
    pair(counted.roundTrips, budget.roundTrips),
    pair(counted.readUnits, budget.readUnits),
    pair(counted.writeUnits, budget.writeUnits),
    shown(counted.writeUnitsBehind),
    `${counted.messageCalls}, ${counted.blobCalls}`,
    within === true ? 'yes' : 'NO',
  ];
}

const unitHeader = [
  'call',
  'round trips',
  'read units',
  'write units',
  'behind the answer',
  'messages, blobs',
  'within',
];

/** Everything that was measured, as text for a terminal. */
export function coreReport(results: CoreResults): string {
  const { cells, units, bundles, coldStarts, idleMemory, notes } = results;
  const bundleRows = bundles.flatMap(({ bundle, startBytes, withOneDialect, totalBytes }) => [
    [bundle, kb(startBytes), kb(totalBytes)],
    ...withOneDialect.map(({ dialect, bytes }) => [`  with ${dialect}`, kb(bytes), '']),
  ]);
  const sections: readonly (readonly [string, string])[] = [
    [
      'Load (interleaved rounds; several programs share this machine: compare within a request)',
      loadTable(cells),
    ],
    ['What the servers are', notes.map((note) => `- ${note}`).join('\n')],
    ['Counted units of one call, credentials warm', table(unitHeader, units.map(unitRow))],
    ['Bundles, minified', table(['bundle', 'loaded', 'in all'], bundleRows)],
    [
      'Cold start: CPU of init (the goal is at most 1.0 of the bare client)',
      table(
        ['what', 'ms', 'least–most', ': bare'],
        coldStarts.map(({ what, cpuMs, least, most, ofBare }) => [
          what,
          shown(cpuMs),
          `${shown(least)}–${shown(most)}`,
          shown(ofBare),
        ]),
      ),
    ],
    [
      'Idle memory',
      table(
        ['process', 'RSS MB'],
        idleMemory.map(({ what, rssMb }) => [what, shown(rssMb)]),
      ),
    ],
  ];
  return sections.map(([title, text]) => `\n${title}\n\n${text}\n`).join('');
}
