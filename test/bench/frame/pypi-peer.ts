/** A real server of another project as a peer: installed from PyPI, started, measured and stopped. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { type Env, freePort, localFolder, waitUntil } from '../../../infra/local/process.ts';
import { ensureVenv, type VenvOptions } from '../../../infra/local/python-venv.ts';
import type { Peer, RunningPeer } from './peer.ts';
import { type Supervised, supervise } from './supervised.ts';

/** Where a server was told to be. */
export interface Place {
  readonly port: number;
  /** An empty folder for its files, which goes with the run. */
  readonly folder: string;
  readonly url: string;
  /** The interpreter of its environment. */
  readonly python: string;
  /** What its programs see of the environment. */
  readonly env: Env;
  /** A free port for each of its `stores`. */
  readonly storePorts: readonly number[];
}

/** A program of the system that the server keeps its data or its queues in. */
export interface StoreProgram {
  /** Found on the PATH. */
  readonly program: string;
  /** What to tell people who do not have it. */
  readonly install: string;
  args(port: number): readonly string[];
}

export interface PypiServer {
  readonly name: string;
  /** Lines for pip, with exact versions; or what returns an interpreter that others use, too. */
  readonly requirements: readonly string[] | ((options: VenvOptions) => Promise<string>);
  /** A program of the environment's `bin` and its arguments; it must listen on 127.0.0.1 only. */
  command(place: Place): readonly [program: string, ...args: string[]];
  env?(place: Omit<Place, 'env'>): Env;
  /** They run before the server starts, and their CPU is told apart from its own. */
  readonly stores?: readonly StoreProgram[];
  /** A path that answers 200 as soon as the server is ready. */
  readonly readyPath: string;
  /** What must be there before the server starts, e.g. its database. */
  setUp?(place: Place): Promise<void>;
  /** Puts in what the scenarios ask for, as any client would. */
  prepare(
    place: Place,
  ): Promise<Pick<RunningPeer, 'headers' | 'requests' | 'check' | 'slow' | 'stumbles'>>;
  readonly notes: readonly string[];
}

export interface PypiOptions {
  /** A folder of the run; each server gets its own below it. */
  readonly folder: string;
  /** How long it may take until it answers. */
  readonly readyMs?: number;
  readonly onInstall?: () => void;
  readonly signal?: AbortSignal;
}

const READY_MS = 120_000;

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** What makes environments; see python-venv.ts. */
function pythonProgram(): Pick<StoreProgram, 'program' | 'install'> {
  const install = 'Install Python 3.11 or newer, or name it in ASSAY_PYTHON.';
  return { program: process.env.ASSAY_PYTHON ?? 'python3', install };
}

const isThere = (program: string): boolean =>
  isAbsolute(program) ? existsSync(program) : isOnPath(program);

/** Why the server cannot run here, if it cannot. */
const obstacleOf = ({ stores = [] }: PypiServer): string | undefined =>
  [...stores, pythonProgram()]
    .filter(({ program }) => !isThere(program))
    .map(({ program, install }) => `${program} is not installed. ${install}`)
    .at(0);

async function placeFor(server: PypiServer, options: PypiOptions): Promise<Place> {
  const { requirements, name } = server;
  const python = await (typeof requirements === 'function'
    ? requirements(options)
    : ensureVenv(join(localFolder, `bench-${name}`), requirements, options));
  const folder = join(options.folder, server.name);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const storePorts: number[] = [];
  for (const _ of server.stores ?? []) storePorts.push(await freePort());
  const place = { port, folder, url: `http://127.0.0.1:${port}`, python, storePorts };
  const path = [dirname(python), process.env.PATH].join(delimiter);
  return { ...place, env: { PATH: path, HOME: folder, ...server.env?.(place) } };
}

/** Starts stores and server and returns when it answers; `running` gets each as it starts. */
async function launch(
  server: PypiServer,
  place: Place,
  running: Supervised[],
  readyMs = READY_MS,
): Promise<{ readonly pid: number; readonly storePids: readonly number[] }> {
  const { folder, python, env } = place;
  const logFile = join(folder, 'server.log');
  const start = (command: readonly string[]): Supervised => {
    const started = supervise(command, { python, cwd: folder, env, logFile });
    running.push(started);
    return started;
  };
  const stores = (server.stores ?? []).map(({ program, args }, at) =>
    start([program, ...args(place.storePorts[at] ?? 0)]),
  );
  await server.setUp?.(place);
  const [program, ...args] = server.command(place);
  const main = start([join(dirname(python), program), ...args]);
  await waitUntil(async () => (await fetch(`${place.url}${server.readyPath}`)).status === 200, {
    timeoutMs: readyMs,
    what: server.name,
    child: main.child,
  });
  return { pid: main.pid(), storePids: stores.map((store) => store.pid()) };
}

async function lastWords(folder: string): Promise<string> {
  const log = await readFile(join(folder, 'server.log'), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-20).join('\n');
}

async function start(server: PypiServer, options: PypiOptions): Promise<RunningPeer | string> {
  const obstacle = obstacleOf(server);
  if (obstacle !== undefined) return obstacle;
  const place = await placeFor(server, options);
  const running: Supervised[] = [];
  const stop = async (): Promise<void> => {
    for (const program of running.toReversed()) await program.stop();
  };
  try {
    const { pid, storePids } = await launch(server, place, running, options.readyMs);
    const prepared = await server.prepare(place);
    return { url: place.url, ...prepared, pids: [pid], storePids, notes: server.notes, stop };
  } catch (error) {
    await stop();
    throw new Error(
      `${server.name} did not start. Its log ends with:\n${await lastWords(place.folder)}`,
      { cause: error },
    );
  }
}

/** The server in an environment of its own below `.local`, made once for its list of packages. */
export const pypiPeer = (server: PypiServer, options: PypiOptions): Peer => ({
  name: server.name,
  start: () => start(server, options),
});
