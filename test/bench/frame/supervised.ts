/** Programs of others that must not outlive us, whatever happens to us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Env, stopGroup } from '../../../infra/local/process.ts';
import { descendantsOf } from './processes.ts';

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

export interface SupervisedOptions {
  /** The interpreter of the supervisor. */
  readonly python: string;
  readonly cwd: string;
  readonly env: Env;
  /** Gets what the program prints. */
  readonly logFile: string;
}

export interface Supervised {
  /** The supervisor, which ends with the program's exit code. */
  readonly child: ChildProcess;
  /** The program itself; where the system does not tell, nothing will be measured. */
  pid(): number;
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

/** Starts a program in a process group of its own. */
export function supervise(command: readonly string[], options: SupervisedOptions): Supervised {
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.python, ['-c', SUPERVISOR, ...command], {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  const own = child.pid ?? 0;
  return {
    child,
    pid: () => descendantsOf(own)[0] ?? own,
    stop: () => stopGroup(child, STOP_MS),
  };
}
