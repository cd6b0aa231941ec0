/** Peers take turns within every round, so that what else the machine does hits all of them alike. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toCell } from './figures.ts';
import { applyLoad } from './load.ts';
import type { Cell, RunningPeer, Turn, TurnUse } from './peer.ts';
import { type ProcessUse, useOfTrees } from './processes.ts';

export interface RoundOptions {
  readonly scenarios: readonly string[];
  /** Numbers of connections. */
  readonly clients: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  /** How long each peer is asked before a scenario is measured: their compilers are to be done. */
  readonly warmUpSeconds: number;
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell) => void;
}

export type NamedPeer = RunningPeer & { readonly name: string };

const WARM_UP_SHARE = 0.25;
/** Work that the last answers left behind must not be counted for the next peer. */
const REST_MS = 100;

const spent = (
  before: ProcessUse | undefined,
  after: ProcessUse | undefined,
): TurnUse | undefined =>
  before === undefined || after === undefined
    ? undefined
    : { cpuMs: after.cpuMs - before.cpuMs, rssBytes: after.rssBytes };

const cpuOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

interface Place {
  readonly scenario: string;
  readonly clients: number;
}

const isSlow = ({ slow }: NamedPeer, scenario: string): boolean => slow?.has(scenario) ?? false;

async function turn(peer: NamedPeer, place: Place, options: RoundOptions): Promise<Turn> {
  const next = peer.requests.get(place.scenario);
  if (next === undefined) throw new Error(`${peer.name} does not serve ${place.scenario}.`);
  const now = () => ({
    server: useOfTrees(peer.pids),
    store: useOfTrees(peer.storePids),
    client: process.cpuUsage(),
  });
  let before = now();
  const ms = options.seconds * 1000;
  const load = await applyLoad(
    {
      url: peer.url,
      headers: peer.headers,
      next,
      stumbles: peer.stumbles,
      clients: place.clients,
      warmUpMs: isSlow(peer, place.scenario) ? 0 : ms * WARM_UP_SHARE,
      ms,
      signal: options.signal,
    },
    () => {
      before = now();
    },
  );
  const after = now();
  await sleep(REST_MS);
  return {
    load,
    server: spent(before.server, after.server),
    store: spent(before.store, after.store),
    clientCpuMs: cpuOf(after.client) - cpuOf(before.client),
  };
}

/** The peers in another order each round. */
const rotated = <T>(items: readonly T[], by: number): readonly T[] =>
  items.map((_, at) => items[(at + by) % items.length]).filter((item) => item !== undefined);

async function measurePlace(
  peers: readonly NamedPeer[],
  place: Place,
  options: RoundOptions,
): Promise<Cell[]> {
  const able = peers.filter(({ requests }) => requests.has(place.scenario));
  const turns = new Map<string, Turn[]>(able.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const peer of rotated(able, round)) {
      if (round > 0 && isSlow(peer, place.scenario)) continue;
      turns.get(peer.name)?.push(await turn(peer, place, options));
    }
  }
  return able.map(({ name, pids }) =>
    toCell({ ...place, peer: name, processes: pids.length }, turns.get(name) ?? []),
  );
}

async function warmUp(
  peer: NamedPeer,
  scenario: string,
  { warmUpSeconds, clients, signal }: RoundOptions,
): Promise<void> {
  const next = peer.requests.get(scenario);
  if (next === undefined || warmUpSeconds === 0 || isSlow(peer, scenario)) return;
  const { url, headers, stumbles } = peer;
  const load = { clients: Math.max(...clients), warmUpMs: 0, ms: warmUpSeconds * 1000 };
  await applyLoad({ url, headers, next, stumbles, signal, ...load });
  await sleep(REST_MS);
}

/** Every scenario with every number of clients on every peer that serves it. */
export async function measure(
  peers: readonly NamedPeer[],
  options: RoundOptions,
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const scenario of options.scenarios) {
    for (const peer of peers) {
      if (peer.requests.has(scenario)) await peer.check?.(scenario);
    }
    for (const peer of peers) await warmUp(peer, scenario, options);
    for (const clients of options.clients) {
      for (const cell of await measurePlace(peers, { scenario, clients }, options)) {
        cells.push(cell);
        options.onCell(cell);
      }
    }
  }
  return cells;
}
