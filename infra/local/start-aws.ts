/** `npm run start:aws`: the stack that goes to AWS, on an emulator, with state kept between starts. */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type AwsSession, startAwsSession } from './aws-session.ts';
import { freePort, localFolder, PortTaken } from './process.ts';

const folder = join(localFolder, 'aws');
const defaultPort = '8788';

async function main(): Promise<void> {
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
    describe(session);
    if (!values.once) await stopped;
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

function describe({ url, emulator, deployment }: AwsSession): void {
  const { outputs } = deployment;
  process.stdout.write(
    [
      '',
      `  Assay (emulated AWS)   ${url}`,
      `  Health                 ${url}/health`,
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

await main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
