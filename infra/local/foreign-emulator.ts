/** An AWS emulator that somebody else started (LocalStack, ministack, …), reached by its endpoint. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { clientEnv, type Emulator, type EmulatorOptions, emulatorAccount } from './emulator.ts';

const DEFAULT_REGION = 'us-east-1';

/** The endpoint without a path; throws, with what to do, for anything that is not an emulator's. */
export function emulatorEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') {
    throw new Error(
      `${text} is not the http:// address of an emulator, as http://127.0.0.1:4566 is.`,
    );
  }
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(url.hostname)) {
    throw new Error(`${text} is AWS itself; deploy there with npx cdk deploy.`);
  }
  // Names below `localhost`, such as a bucket's, are resolved by few programs.
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url;
}

/** LocalStack tells buckets by their host from others where it is addressed by its own name. */
function s3Endpoint(url: URL): string {
  const given = process.env.AWS_ENDPOINT_URL_S3;
  if (given !== undefined && given !== '') return given;
  return url.hostname === 'localhost.localstack.cloud' ? `http://s3.${url.host}` : url.origin;
}

/** Keys of the shell if it has any: with LocalStack, a key of twelve digits chooses the account. */
function credentialsOfShell() {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  return accessKeyId && secretAccessKey
    ? { accessKeyId, secretAccessKey }
    : { accessKeyId: 'test', secretAccessKey: 'test' };
}

/** Returns it when it answers; `stop` leaves it running, as it was found. */
export async function connectEmulator(
  endpoint: string,
  { folder, signal }: Pick<EmulatorOptions, 'folder' | 'signal'>,
): Promise<Emulator> {
  const url = emulatorEndpoint(endpoint);
  const timeout = AbortSignal.timeout(10_000);
  await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout }).catch(() => {
    throw new Error(`Nothing answers at ${endpoint}. Start the emulator, or correct the address.`);
  });
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  const credentials = credentialsOfShell();
  const { accessKeyId } = credentials;
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
  return {
    endpoint: url.origin,
    region,
    account: /^\d{12}$/.test(accessKeyId) ? accessKeyId : emulatorAccount,
    env: clientEnv({ endpoint: url.origin, s3: s3Endpoint(url), region, home, credentials }),
    folder,
    stop: async () => undefined,
  };
}
