/** An AWS emulator (ministack) on a loopback port: no Docker, no account, no token. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import {
  type Env,
  freePort,
  isFree,
  localFolder,
  PortTaken,
  projectRoot,
  stopGroup,
  waitUntil,
} from './process.ts';
import { ensureVenv } from './python-venv.ts';

const requirement = 'ministack==1.5.33';
const region = 'us-east-1';
/** The account that emulators play. */
export const emulatorAccount = '000000000000';
const credentials = { accessKeyId: 'assay', secretAccessKey: 'assay' };

// The emulator stops cleanly when its standard input ends, which is also what happens when we are
// killed: it must neither outlive us nor lose the state that it saves only on a clean stop.
const launcher = `
import os, signal, sys, threading
def watch():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
sys.argv = ['ministack']
from ministack.app import main
main()
`;

export interface EmulatorOptions {
  /** Folder for its log, its home folder and, with `keep`, its state. */
  readonly folder: string;
  /** Keep tables, objects, queues and functions for the next start from the same folder. */
  readonly keep?: boolean;
  /** A fixed port; without it any free one. */
  readonly port?: number;
  /** Called when there is something to download first. */
  readonly onInstall?: () => void;
  /** Gives up what is being installed or deployed. */
  readonly signal?: AbortSignal;
}

export interface Emulator {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  /** The environment in which AWS clients and the CDK CLI talk to this emulator. */
  readonly env: Env;
  readonly folder: string;
  /** Ends it and waits until its state is saved and its functions are gone. */
  stop(): Promise<void>;
}

/** Installs the emulator if need be, starts it and returns when it answers. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const python = await ensureVenv(join(localFolder, 'venv'), [requirement], options);
  const port = options.port ?? (await freePort());
  if (!(await isFree(port))) throw new PortTaken(port);
  const endpoint = `http://127.0.0.1:${port}`;
  const home = join(options.folder, 'home');
  await mkdir(home, { recursive: true });
  // It writes CommonJS scripts below its folder; without this they would count as our ES modules.
  await writeFile(join(options.folder, 'package.json'), '{}\n');
  const logFile = join(options.folder, 'emulator.log');
  const child = launch(python, { ...serverEnv(options, port), HOME: home }, logFile);
  const stop = () => {
    child.stdin?.end();
    return stopGroup(child, 20_000);
  };
  try {
    await waitUntil(async () => (await fetch(`${endpoint}/_ministack/health`)).ok, {
      timeoutMs: 60_000,
      what: 'The AWS emulator',
      child,
    });
  } catch (error) {
    await stop();
    const log = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(`The AWS emulator did not start. Its log ends with:\n${log}`, { cause: error });
  }
  const env = clientEnv({ endpoint, s3: endpoint, region, home, credentials });
  return { endpoint, region, account: emulatorAccount, env, folder: options.folder, stop };
}

function launch(python: string, env: Env, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(python, ['-c', launcher], {
    env: { ...env },
    stdio: ['pipe', log, log],
    // A group of its own: Ctrl-C in a terminal reaches us first, and we stop it in order.
    detached: true,
  });
  closeSync(log);
  return child;
}

function serverEnv({ folder, keep }: EmulatorOptions, port: number): Env {
  return {
    ...withoutAws(process.env),
    // Its functions run `node` from the PATH: the project's, whatever the shell has.
    PATH: [join(projectRoot, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH]
      .filter((part) => part !== undefined)
      .join(delimiter),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    LAMBDA_EXECUTOR: 'local',
    LOG_LEVEL: 'WARNING',
    TMPDIR: folder,
    STATE_DIR: join(folder, 'state'),
    S3_DATA_DIR: join(folder, 'objects'),
    PERSIST_STATE: keep === true ? '1' : '0',
    S3_PERSIST: keep === true ? '1' : '0',
  };
}

/** How clients reach an emulator. */
export interface ClientSettings {
  readonly endpoint: string;
  /** Its endpoint for S3. */
  readonly s3: string;
  readonly region: string;
  readonly home: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The environment of clients: that of this process, with nothing of AWS in it but these settings. */
export function clientEnv({ endpoint, s3, region, home, credentials }: ClientSettings): Env {
  return {
    ...withoutAws(process.env),
    // The CLI remembers an account per access key below its home folder: not below the user's.
    HOME: home,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Nothing of a real account may leak in: no profile, key, role or endpoint of the shell. */
function withoutAws(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}
