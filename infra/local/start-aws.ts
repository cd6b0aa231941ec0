/** `npm run start:aws`: the stack that goes to AWS, on an emulator of ours (state kept) or one that runs. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { type AwsSession, startAwsSession } from './aws-session.ts';
import { workerEnv } from './aws-worker.ts';
import { createFirstAdministrator } from './first-administrator.ts';
import { emulatorEndpoint } from './foreign-emulator.ts';
import { workerDeath } from './local-worker.ts';
import { portOf, readOptions } from './options.ts';
import { freePort, localFolder, PortTaken } from './process.ts';
import { describeUser, type FirstUser, firstUser } from './sample/credentials.ts';
import { ensureJobPython } from './sample/python.ts';
import { runSample } from './sample/run-sample.ts';
import { exitCodeOf, listenForStop, STOPPED_EARLY } from './stop.ts';

const defaultPort = '8788';

const stop = listenForStop();

const USAGE =
  'Options: --port NUMBER, --once (ends after the jobs), --folder PATH (keeps the data),\n' +
  '--endpoint URL (an emulator of AWS that runs already).';

function readArguments() {
  const values = readOptions(USAGE, {
    port: { type: 'string', default: defaultPort },
    endpoint: { type: 'string' },
    folder: { type: 'string' },
    once: { type: 'boolean', default: false },
  });
  const urlPort = portOf(values.port, 0);
  const endpoint = values.endpoint === undefined ? undefined : emulatorEndpoint(values.endpoint);
  const name = endpoint === undefined ? 'aws' : `aws-${endpoint.hostname}-${endpoint.port}`;
  const folder = resolve(values.folder ?? join(localFolder, name));
  return { urlPort, endpoint: endpoint?.origin, folder, once: values.once };
}

async function main(): Promise<number> {
  const { urlPort, endpoint, folder, once } = readArguments();
  const session = await startAwsSession({
    folder,
    endpoint,
    keep: true,
    port: endpoint === undefined ? await keptPort(folder) : undefined,
    urlPort,
    onInstall: () => say('installing the emulator (once; needs a network)'),
    onPhase: say,
    signal: stop.signal,
    hurry: stop.hurry,
  }).catch((error: unknown) => {
    throw explained(error, urlPort, folder);
  });
  try {
    const python = await ensureJobPython({
      onInstall: () => say('installing the Python packages of jobs (once)'),
      signal: stop.signal,
    });
    const ok = await runJobs(session, python);
    if (ok === undefined) return STOPPED_EARLY;
    if (once) return ok ? 0 : 1;
    say(`${ok ? 'ready' : 'the sample failed'}; Ctrl-C stops everything and keeps the data`);
    await stop.asked;
    return 0;
  } finally {
    say(endpoint === undefined ? 'stopping, and saving the state' : 'stopping');
    await session.stop();
  }
}

/** Addresses in the kept state hold the port, so a later start takes the same one again. */
async function keptPort(folder: string): Promise<number> {
  const file = join(folder, 'port');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return Number(kept);
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  await writeFile(file, String(port));
  return port;
}

function explained(error: unknown, urlPort: number, folder: string): unknown {
  if (!(error instanceof PortTaken)) return error;
  return new Error(
    error.port === urlPort
      ? `Port ${urlPort} is taken. Stop what listens there, or choose another: npm run start:aws -- --port 8799`
      : `Port ${error.port} is taken, and the kept state needs it. Is start:aws running already?\n` +
          `Stop what listens there, or remove ${folder} to start with an empty state.`,
  );
}

/** The worker beside the stack, and the sample through it; `undefined` when it was stopped meanwhile. */
async function runJobs(session: AwsSession, python: string): Promise<boolean | undefined> {
  const { folder } = session.emulator;
  const user = await firstUser(folder, (name) => createFirstAdministrator(session, name));
  const env = await workerEnv(session, { user, python, folder: join(folder, 'work') });
  const worker = session.startWorker(env);
  const died = workerDeath(worker, join(folder, 'worker.log'));
  void died.then(say);
  const sample = runSample({ url: session.url, python, user, folder, say });
  const ok = await Promise.race([
    sample.done,
    stop.asked.then(() => undefined),
    died.then(() => false),
  ]);
  await sample.stop();
  if (ok !== undefined) describe(session, user);
  return ok;
}

function describe({ url, emulator, deployment }: AwsSession, user: FirstUser): void {
  const { outputs } = deployment;
  const { folder } = emulator;
  process.stdout.write(
    [
      '',
      `  Dashboard              ${url}/ui/`,
      `  Assay (emulated AWS)   ${url}`,
      ...describeUser(folder, user),
      `  MLFLOW_TRACKING_URI    ${url}`,
      `  AWS_ENDPOINT_URL       ${emulator.endpoint}`,
      `  Table                  ${outputs.TableName}`,
      `  Artifacts              s3://${outputs.ArtifactBucket}`,
      `  Logs and state         ${folder}`,
      '',
    ].join('\n'),
  );
}

const startedAt = performance.now();
function say(what: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`[${seconds.padStart(5)} s] ${what}\n`);
}

process.exitCode = await exitCodeOf(main, stop);
