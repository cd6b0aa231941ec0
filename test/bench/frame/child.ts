/** Servers in processes of their own: the parent's side and the child's. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { stopGroup } from '../../../infra/local/process.ts';

export interface ChildServer<Ready> {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Ready;
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

/** What a child answers to its input: its words, or why it did not start. */
type Greeting<Ready> = { readonly ready: Ready } | { readonly failed: string };

async function greeting<Ready>(child: ChildProcess, file: string): Promise<Ready> {
  const ended = once(child, 'exit').then(([code]) => ({ failed: `it ended with ${code}` }));
  const said = once(child, 'message').then(([message]) => message as Greeting<Ready>);
  const answer = await Promise.race([said, ended]);
  if ('failed' in answer) throw new Error(`${file}: ${answer.failed}`);
  return answer.ready;
}

/**
 * Starts `file` as a process that called {@link serveAsChild}. Its standard output, where servers
 * write a line a request, is dropped. It ends when this process does, however that ends.
 */
export async function startChild<Ready>(
  file: URL,
  input: object,
  options: {
    readonly env?: NodeJS.ProcessEnv;
    /** Of Node itself. */
    readonly flags?: readonly string[];
    readonly profileTo?: string | undefined;
    /** Hears what it says once it is ready. */
    readonly onMessage?: (message: unknown) => void;
  } = {},
): Promise<ChildServer<Ready>> {
  const { flags = [], profileTo, onMessage } = options;
  const child = fork(file, [], {
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      ...flags,
      ...(profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`]),
    ],
    env: options.env ?? process.env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const stop = () => stopGroup(child, STOP_MS);
  try {
    child.send(input);
    const ready = await greeting<Ready>(child, file.pathname.split('/').at(-1) ?? '');
    if (onMessage !== undefined) child.on('message', onMessage);
    return { pid: child.pid ?? 0, ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In the child: starts a server from the parent's input and ends when the parent is done with it. */
export async function serveAsChild<Input>(
  start: (input: Input) => Promise<{ readonly ready: object; close(): Promise<void> }>,
): Promise<void> {
  const over = Promise.race([once(process, 'disconnect'), once(process, 'SIGTERM')]);
  const [input] = await once(process, 'message');
  try {
    const server = await start(input as Input);
    process.send?.({ ready: server.ready });
    await over;
    await server.close();
  } catch (error) {
    process.send?.({ failed: error instanceof Error ? error.stack : String(error) });
  }
  process.exit();
}
