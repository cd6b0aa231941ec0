import type { Background, BackgroundTask } from '#kernel/background.ts';
import { unavailable } from '#kernel/errors.ts';
import type { LambdaKit } from './clients.ts';
import { toAppError } from './failures.ts';

/** The function that does each task. */
export type BackgroundFunctions = { readonly [task in BackgroundTask]?: string | undefined };

export interface LambdaBackgroundSetup {
  readonly kit: () => Promise<LambdaKit>;
  readonly functions: BackgroundFunctions | undefined;
}

/** Background work by asynchronous invocations of other functions; a failed one is not repeated. */
export function openLambdaBackground({ kit, functions }: LambdaBackgroundSetup): Background {
  return {
    async start(task, input) {
      const name = functions?.[task];
      if (name === undefined) throw unavailable('There is no background work of this kind here.');
      const { client, sdk } = await kit();
      const command = new sdk.InvokeCommand({
        FunctionName: name,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(input)),
      });
      try {
        await client.send(command);
      } catch (error) {
        throw toAppError(error);
      }
    },
  };
}
