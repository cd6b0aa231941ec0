/** A command as somebody at a terminal starts it: its output, its signals, what it leaves behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { projectRoot } from '../../infra/local/process.ts';

export interface Program {
  readonly child: ChildProcess;
  /** What it printed so far, errors too. */
  output(): string;
  /** Waits until it printed this; throws when it ended without. */
  printed(pattern: RegExp): Promise<void>;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
  /** What a terminal does on Ctrl-C: SIGINT to the whole group in the foreground. */
  interrupt(): void;
}

export function startProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const told = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    text += chunk.toString();
    for (const tell of told) tell();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const printed = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(text) && resolve();
      told.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without ${pattern}:\n${text}`)));
    });
  return {
    child,
    output: () => text,
    printed,
    ended,
    interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
  };
}

export interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Processes whose command line or environment names the folder, in which everything of a start is. */
export function processesOf(folder: string): Running[] {
  const { stdout } = spawnSync('ps', ['axeww', '-o', 'pid=,ppid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.includes(String(process.pid))) throw new Error('ps lists no processes.');
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command?.includes(folder) === true
      ? [{ pid: Number(pid), parent: Number(parent), command }]
      : [];
  });
}
