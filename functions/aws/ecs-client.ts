import type { ECSClient } from '@aws-sdk/client-ecs';
import { type AwsOptions, TIMEOUTS } from './client-options.ts';
import type { ecsSdk } from './ecs-kit.ts';

/** A client with the commands to send through it. */
export interface EcsKit {
  readonly client: ECSClient;
  readonly sdk: typeof ecsSdk;
}

/** Apart from the other clients, which every bundle carries: the launcher alone needs this one. */
export function ecsClient(options: AwsOptions = {}): () => Promise<EcsKit> {
  const make = async (): Promise<EcsKit> => {
    const { ecsSdk: sdk } = await import('./ecs-kit.ts');
    const client = new sdk.ECSClient({ ...options, requestHandler: TIMEOUTS, maxAttempts: 3 });
    return { client, sdk };
  };
  let kit: Promise<EcsKit> | undefined;
  return () => {
    kit ??= make();
    return kit;
  };
}
