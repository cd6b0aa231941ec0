/** One deployment for all end-to-end tests of a run. */
import process from 'node:process';
import type { TestProject } from 'vitest/node';
import type { Deployment } from '../../infra/local/deploy.ts';
import { createFirstAdministrator } from '../../infra/local/first-administrator.ts';
import { type Credentials, firstUser } from '../../infra/local/sample/credentials.ts';
import { startTestDeployment } from './emulator.ts';

/** What a test needs to know about the deployment; plain data, because it crosses processes. */
export interface ProvidedDeployment extends Deployment {
  /** Base URL for clients. */
  readonly url: string;
  /** The emulator's AWS endpoint, its region, and the environment that leads AWS clients there. */
  readonly endpoint: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
  /** The emulator's logs, and files that may go with it. */
  readonly folder: string;
  readonly user: Credentials;
}

declare module 'vitest' {
  interface ProvidedContext {
    deployment: ProvidedDeployment;
  }
}

/**
 * The pool whose jobs wake workers by messages (the emulator has no alarm for more than one), and two whose
 * workers ask for jobs, each for a test that starts one.
 */
const pools = [
  { name: 'default' },
  { name: 'gpu', kind: 'external' },
  { name: 'testbed', kind: 'external' },
];

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const session = await startTestDeployment({
    context: { registration: 'open', pools: JSON.stringify(pools) },
    // An emulator that runs already, as any AWS client would be told of it.
    endpoint: process.env.AWS_ENDPOINT_URL || undefined,
  });
  const { emulator, deployment, url } = session;
  const env = Object.fromEntries(
    Object.entries(emulator.env).flatMap(([name, value]) =>
      name.startsWith('AWS_') && value !== undefined ? [[name, value]] : [],
    ),
  );
  const { endpoint, region, folder } = emulator;
  const create = (name: string) => createFirstAdministrator(session, name);
  const { username, password } = await firstUser(folder, create);
  const user = { username, password };
  project.provide('deployment', { ...deployment, url, endpoint, region, env, folder, user });
  return () => session.stop();
}
