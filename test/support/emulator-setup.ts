/** One deployment for all end-to-end tests of a run. */
import type { TestProject } from 'vitest/node';
import type { Deployment } from '../../infra/local/deploy.ts';
import { startTestDeployment } from './emulator.ts';

/** What a test needs to know about the deployment; plain data, because it crosses processes. */
export interface ProvidedDeployment extends Deployment {
  /** Base URL for clients. */
  readonly url: string;
  /** The emulator's AWS endpoint, its region, and the environment that leads AWS clients there. */
  readonly endpoint: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    deployment: ProvidedDeployment;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const session = await startTestDeployment({ context: { registration: 'open' } });
  const { emulator, deployment, url } = session;
  const env = Object.fromEntries(
    Object.entries(emulator.env).flatMap(([name, value]) =>
      name.startsWith('AWS_') && value !== undefined ? [[name, value]] : [],
    ),
  );
  const { endpoint, region } = emulator;
  project.provide('deployment', { ...deployment, url, endpoint, region, env });
  return () => session.stop();
}
