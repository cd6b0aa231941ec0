/** Deploys the CDK app to an emulator with the real CDK CLI. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import * as z from 'zod';
import { type ManagedPool, PoolAddress } from '../../functions/entry/env.ts';
import { type Emulator, emulatorAccount } from './emulator.ts';
import { projectRoot, run } from './process.ts';

const Outputs = z.object({
  ApiUrl: z.string(),
  ApiId: z.string(),
  MlflowTrackingUri: z.string(),
  ArtifactBucket: z.string(),
  TableName: z.string(),
  Pools: z.string(),
});

/** A stack on an emulator. */
export interface Deployment {
  readonly outputs: z.infer<typeof Outputs>;
  readonly pools: readonly ManagedPool[];
  /** The API by a path below the emulator: it needs no host name that only some clients resolve. */
  readonly apiUrl: string;
}

const stage = 'local';

/**
 * Bootstraps and deploys. `context` is CDK context beyond the stage, such as
 * `{ registration: 'open' }`.
 */
export async function deploy(
  emulator: Emulator,
  context: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Deployment> {
  const cdk = (...args: string[]) => runCdk(emulator, args, signal);
  const assembly = join(emulator.folder, 'cdk.out');
  const outputsFile = join(emulator.folder, 'outputs.json');
  const choices = Object.entries({ stage, ...context }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  await Promise.all([
    cdk('synth', '--quiet', '--output', assembly, ...choices),
    cdk('bootstrap', `aws://${emulatorAccount}/${emulator.region}`),
  ]);
  await cdk(
    'deploy',
    ...['--app', assembly, '--all', '--require-approval', 'never', '--outputs-file', outputsFile],
  );
  const byStack = z
    .record(z.string(), Outputs)
    .parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  const outputs = byStack[`Assay-${stage}`];
  if (outputs === undefined) throw new Error('The deployment wrote no outputs.');
  return {
    outputs,
    pools: z
      .array(PoolAddress)
      .parse(JSON.parse(outputs.Pools))
      .filter((pool) => pool.kind === 'managed'),
    apiUrl: `${emulator.endpoint}/_aws/execute-api/${outputs.ApiId}/%24default`,
  };
}

async function runCdk(
  emulator: Emulator,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const cli = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const env = {
    ...emulator.env,
    CI: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    NO_COLOR: '1',
  };
  await run(process.execPath, [cli, ...args, '--no-notices'], { env, signal });
}
