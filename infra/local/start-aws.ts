/** `npm run start:aws`: the stack that goes to AWS, on an emulator, with state kept between starts. */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type AwsSession, startAwsSession } from './aws-session.ts';
import { deploymentAdmin, workerEnv } from './aws-worker.ts';
import { freePort, localFolder, PortTaken } from './process.ts';
import { type Credentials, keepCredentials, keptCredentials } from './sample/credentials.ts';
import { ensureJobPython } from './sample/python.ts';
import { runSample } from './sample/run-sample.ts';

const folder = join(localFolder, 'aws');
const defaultPort = '8788';
const USER = 'admin';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: defaultPort },
      once: { type: 'boolean', default: false },
    },
  });
  const urlPort = Number(values.port);
  if (!Number.isInteger(urlPort) || urlPort < 0 || urlPort > 65_535) {
    throw new Error(`--port ${values.port} is not a port.`);
  }
  const stopped = stopSignal();
  const session = await startAwsSession({
    folder,
    keep: true,
    port: await keptPort(),
    urlPort,
    onInstall: () => say('installing the emulator (once; needs a network)'),
    onPhase: say,
  }).catch((error: unknown) => {
    throw explained(error, urlPort);
  });
  try {
    const python = await ensureJobPython(() =>
      say('installing the Python packages of jobs (once)'),
    );
    const ok = await runJobs(session, python, stopped);
    if (ok === undefined) return 130;
    if (values.once) return ok ? 0 : 1;
    if (!ok) say('the sample failed; everything stays up');
    await stopped;
    return 0;
  } finally {
    say('stopping, and saving the state');
    await session.stop();
  }
}

/** Addresses in the kept state hold the port, so a later start takes the same one again. */
async function keptPort(): Promise<number> {
  const file = join(folder, 'port');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return Number(kept);
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  await writeFile(file, String(port));
  return port;
}

function explained(error: unknown, urlPort: number): unknown {
  if (!(error instanceof PortTaken)) return error;
  return new Error(
    error.port === urlPort
      ? `Port ${urlPort} is taken. Stop what listens there, or choose another: npm run start:aws -- --port 8799`
      : `Port ${error.port} is taken, and the kept state needs it. Is start:aws running already?\n` +
          `Stop what listens there, or remove ${folder} to start with an empty state.`,
  );
}

function stopSignal(): Promise<unknown> {
  return Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
}

/** The worker beside the stack, and the sample through it; `undefined` when it was stopped meanwhile. */
async function runJobs(
  session: AwsSession,
  python: string,
  stopped: Promise<unknown>,
): Promise<boolean | undefined> {
  const admin = await deploymentAdmin(session);
  const made = await admin.createFirstUser(USER);
  const user = made === undefined ? await keptCredentials(folder) : { username: USER, ...made };
  if (made !== undefined) await keepCredentials(folder, user);
  session.startWorker(await workerEnv(session, { admin, python, folder: join(folder, 'work') }));
  const sample = runSample({ url: session.url, python, user, folder, say });
  const ok = await Promise.race([sample.done, stopped.then(() => undefined)]);
  if (ok === undefined) sample.stop();
  else describe(session, user);
  return ok;
}

function describe({ url, emulator, deployment }: AwsSession, user: Credentials): void {
  const { outputs } = deployment;
  process.stdout.write(
    [
      '',
      `  Assay (emulated AWS)   ${url}`,
      `  User                   ${user.username}`,
      `  Password               ${user.password}`,
      `  MLFLOW_TRACKING_URI    ${url}`,
      `  AWS_ENDPOINT_URL       ${emulator.endpoint}`,
      `  Table                  ${outputs.TableName}`,
      `  Artifacts              s3://${outputs.ArtifactBucket}`,
      `  Logs and state         ${folder}`,
      '',
      '  Ctrl-C stops it; the next start shows the same data.',
      '',
    ].join('\n'),
  );
}

const startedAt = performance.now();
function say(what: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`[${seconds.padStart(5)} s] ${what}\n`);
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
