/** Emulators for tests: state in a temporary folder that goes with them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AwsSession,
  type AwsSessionOptions,
  startAwsSession,
} from '../../infra/local/aws-session.ts';
import { type Emulator, startEmulator } from '../../infra/local/emulator.ts';
import { removeDeployment } from './emulator-cleanup.ts';

/** Runs `start` in a temporary folder; the folder goes when what was started stops. */
async function inTemporaryFolder<T extends { stop(): Promise<void> }>(
  start: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-emulator-'));
  const clean = () => rm(folder, { recursive: true, force: true });
  try {
    const started = await start(folder);
    const stop = () => started.stop().finally(clean);
    return { ...started, stop };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** An empty AWS: for contract tests of the adapters. */
export const startTestEmulator = (): Promise<Emulator> =>
  inTemporaryFolder((folder) => startEmulator({ folder }));

export type TestDeploymentOptions = Pick<AwsSessionOptions, 'context' | 'endpoint'>;

/**
 * AWS with the stack deployed by the CDK CLI, behind a base URL: for end-to-end tests. At an
 * `endpoint` it is a stack of its own, which goes when it is stopped.
 */
export const startTestDeployment = ({
  context,
  endpoint,
}: TestDeploymentOptions = {}): Promise<AwsSession> =>
  inTemporaryFolder(async (folder) => {
    if (endpoint === undefined) return startAwsSession({ context, folder });
    const stage = `e2e-${randomBytes(4).toString('hex')}`;
    const session = await startAwsSession({ context: { ...context, stage }, folder, endpoint });
    const stop = () => session.stop().then(() => removeDeployment(session));
    return { ...session, stop };
  });
