import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { Readable } from 'node:stream';
import { type Identity, identityFlags } from './identity.ts';
import { clearUser } from './leftovers.ts';

/**
 * `plain`: the consumer's own rights. `guarded`: these too, but the child cannot gain more and dies
 * with the consumer. `isolated`: also another user without any capability (needs root).
 */
export type Launcher =
  | { readonly kind: 'plain' }
  | { readonly kind: 'guarded'; readonly setpriv: string }
  | { readonly kind: 'isolated'; readonly setpriv: string; readonly identity: Identity };

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

export interface ChildSetup extends Program {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningChild {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** What the child writes to descriptor 3. */
  readonly records: Readable;
  /** Rejects when the program could not be started. */
  readonly exited: Promise<Exit>;
  /** Signals every process of the child's group. */
  kill(signal: NodeJS.Signals): void;
  /** Kills whatever the child left running; of a user of its own, removes what lies about, too. */
  killRest(): Promise<void>;
}

/** Starts the program in a session, and so a process group, of its own. */
export function launch(launcher: Launcher, setup: ChildSetup): RunningChild {
  const { command, args } = wrapped(launcher, setup);
  const child = spawn(command, args, {
    cwd: setup.cwd,
    env: setup.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const kill = (signal: NodeJS.Signals) => signalGroup(child.pid, signal);
  return {
    stdout: readable(child, 1),
    stderr: readable(child, 2),
    records: readable(child, 3),
    exited: exitOf(child),
    kill,
    async killRest() {
      kill('SIGKILL');
      if (launcher.kind === 'isolated') await clearUser(launcher.setpriv, launcher.identity);
    },
  };
}

function wrapped(launcher: Launcher, { command, args }: Program): Program {
  if (launcher.kind === 'plain') return { command, args };
  const flags = ['--no-new-privs', '--pdeathsig', 'KILL'];
  if (launcher.kind === 'isolated') flags.push(...identityFlags(launcher.identity));
  return { command: launcher.setpriv, args: [...flags, '--', command, ...args] };
}

function readable(child: ChildProcess, descriptor: number): Readable {
  const stream = child.stdio[descriptor];
  if (stream instanceof Readable) return stream;
  // The program could not be started; `exited` tells why.
  return Readable.from([]);
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody of the group is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
