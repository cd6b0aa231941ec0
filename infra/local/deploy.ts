/** Deploys the CDK app to an emulator with the real CDK CLI. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import * as z from 'zod';
import { type ManagedPool, PoolAddress } from '../../functions/entry/env.ts';
import { findApiUrl } from './api-url.ts';
import type { Emulator } from './emulator.ts';
import { projectRoot, run } from './process.ts';

const Outputs = z.object({
  UiUrl: z.string(),
  ApiUrl: z.string(),
  ApiId: z.string(),
  MlflowTrackingUri: z.string(),
  ArtifactBucket: z.string(),
  TableName: z.string(),
  Pools: z.string(),
  FirstAdmin: z.string(),
});

/** A stack on an emulator. */
export interface Deployment {
  readonly outputs: z.infer<typeof Outputs>;
  readonly pools: readonly ManagedPool[];
  /** The API as the emulator serves it, without a slash at its end. */
  readonly apiUrl: string;
}

/** No image is built for an emulator without containers: the worker runs beside it as a process. */
const workerImage = 'assay-worker:local';

/** The dashboard is shown by a proxy on whatever port was free. */
const pageOrigins = JSON.stringify(['http://127.0.0.1:*', 'http://localhost:*']);

const assemblyOf = ({ folder }: Emulator): string => join(folder, 'cdk.out');

/** Bootstraps and deploys. `context` is CDK context, such as `{ registration: 'open' }`. */
export async function deploy(
  emulator: Emulator,
  context: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Deployment> {
  const cdk = (...args: string[]) => runCdk(emulator, args, signal);
  const assembly = assemblyOf(emulator);
  const outputsFile = join(emulator.folder, 'outputs.json');
  const choices = { stage: 'local', workerImage, pageOrigins, ...context };
  const stackName = `Assay-${choices.stage}`;
  const flags = Object.entries(choices).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  await Promise.all([
    cdk('synth', '--quiet', '--output', assembly, ...flags),
    // In a folder without cdk.json: it needs no template, and would make one in a folder of all.
    runCdk(
      emulator,
      ['bootstrap', `aws://${emulator.account}/${emulator.region}`],
      signal,
      emulator.folder,
    ),
  ]);
  await cdk(
    'deploy',
    ...['--app', assembly, '--all', '--require-approval', 'never', '--outputs-file', outputsFile],
  );
  const byStack = z
    .record(z.string(), Outputs)
    .parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  const outputs = byStack[stackName];
  if (outputs === undefined) throw new Error('The deployment wrote no outputs.');
  return {
    outputs,
    pools: z
      .array(PoolAddress)
      .parse(JSON.parse(outputs.Pools))
      .filter((pool) => pool.kind === 'managed'),
    apiUrl: await findApiUrl(emulator.endpoint, outputs.ApiId, { signal }),
  };
}

/** Takes the stack away again; what it retains (table and bucket) stays. */
export const destroy = (emulator: Emulator): Promise<void> =>
  runCdk(emulator, ['destroy', '--app', assemblyOf(emulator), '--all', '--force'], undefined);

async function runCdk(
  emulator: Emulator,
  args: readonly string[],
  signal: AbortSignal | undefined,
  cwd: string = projectRoot,
): Promise<void> {
  const cli = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const env = {
    ...emulator.env,
    CI: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    NO_COLOR: '1',
  };
  await run(process.execPath, [cli, ...args, '--no-notices'], { env, signal, cwd });
}
