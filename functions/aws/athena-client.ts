import type { AthenaClient } from '@aws-sdk/client-athena';
import type { athenaSdk } from './athena-kit.ts';
import { type AwsOptions, TIMEOUTS } from './client-options.ts';

/** A client with the commands to send through it. */
export interface AthenaKit {
  readonly client: AthenaClient;
  readonly sdk: typeof athenaSdk;
}

/** Apart from the other clients, which every bundle carries: results of large projects alone need this one. */
export function athenaClient(options: AwsOptions = {}): () => Promise<AthenaKit> {
  const make = async (): Promise<AthenaKit> => {
    const { athenaSdk: sdk } = await import('./athena-kit.ts');
    const client = new sdk.AthenaClient({ ...options, requestHandler: TIMEOUTS, maxAttempts: 3 });
    return { client, sdk };
  };
  let kit: Promise<AthenaKit> | undefined;
  return () => {
    kit ??= make();
    return kit;
  };
}
