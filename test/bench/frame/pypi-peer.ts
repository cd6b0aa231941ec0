/** A real server of another project as a peer: installed from PyPI, started, measured and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import {
  type Env,
  freePort,
  localFolder,
  stopGroup,
  waitUntil,
} from '../../../infra/local/process.ts';
import { ensureVenv } from '../../../infra/local/python-venv.ts';
import type { Peer, RunningPeer } from './peer.ts';
import { descendantsOf } from './processes.ts';

/** Where a server was told to be. */
export interface Place {
  readonly port: number;
  /** An empty folder for its files, which goes with the run. */
  readonly folder: string;
  readonly url: string;
}

export interface PypiServer {
  readonly name: string;
  /** Lines for pip, with exact versions. */
  readonly requirements: readonly string[];
  /** A program of the environment's `bin` and its arguments; it must listen on 127.0.0.1 only. */
  command(place: Place): readonly [program: string, ...args: string[]];
  readonly env?: Env;
  /** A path that answers 200 as soon as the server is ready. */
  readonly readyPath: string;
  /** Puts in what the scenarios ask for, as any client would. */
  prepare(place: Place): Promise<Pick<RunningPeer, 'headers' | 'requests'>>;
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
const STOP_MS = 10_000;

// Stands between us and the server, whatever that is: when our end of its standard input closes,
// because we were killed, the server and its children must not live on.
const SUPERVISOR = `
import os, signal, subprocess, sys, threading
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
signal.signal(signal.SIGTERM, lambda *_: server.terminate())
def watch():
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
sys.exit(server.wait())
`;

function launch(python: string, server: PypiServer, place: Place, logFile: string): ChildProcess {
  const [program, ...args] = server.command(place);
  const log = openSync(logFile, 'a');
  const command = [join(dirname(python), program), ...args];
  const child = spawn(python, ['-c', SUPERVISOR, ...command], {
    cwd: place.folder,
    env: { PATH: process.env.PATH, HOME: place.folder, ...server.env },
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  return child;
}

/** The server below the supervisor; where the system does not tell, nothing will be measured. */
const serverPid = (supervisor: number): number => descendantsOf(supervisor)[0] ?? supervisor;

async function start(server: PypiServer, options: PypiOptions): Promise<RunningPeer> {
  const python = await ensureVenv(
    join(localFolder, `bench-${server.name}`),
    server.requirements,
    options,
  );
  const folder = join(options.folder, server.name);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const place = { port, folder, url: `http://127.0.0.1:${port}` };
  const logFile = join(folder, 'server.log');
  const child = launch(python, server, place, logFile);
  const stop = () => stopGroup(child, STOP_MS);
  try {
    await waitUntil(async () => (await fetch(`${place.url}${server.readyPath}`)).status === 200, {
      timeoutMs: options.readyMs ?? READY_MS,
      what: server.name,
      child,
    });
    const prepared = await server.prepare(place);
    const pids = [serverPid(child.pid ?? 0)];
    return { url: place.url, ...prepared, pids, storePids: [], notes: server.notes, stop };
  } catch (error) {
    await stop();
    const log = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(`${server.name} did not start. Its log ends with:\n${log}`, { cause: error });
  }
}

/** The server in an environment of its own below `.local`, made once for its list of packages. */
export const pypiPeer = (server: PypiServer, options: PypiOptions): Peer => ({
  name: server.name,
  start: () => start(server, options),
});
