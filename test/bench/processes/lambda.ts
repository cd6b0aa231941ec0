/** The bundle of the API's Lambda, called in this process by the gateway runner. */
import { type GatewayHandler, gatewayRunner } from '../../support/gateway/runner.ts';
import { serveAsChild } from '../frame/child.ts';

export interface LambdaInput {
  /** URL of the bundle's entry. */
  readonly bundle: string;
}

export interface LambdaReady {
  readonly url: string;
}

await serveAsChild(async ({ bundle }: LambdaInput) => {
  const { handler } = (await import(bundle)) as { readonly handler: GatewayHandler };
  const gateway = await gatewayRunner(handler);
  const ready: LambdaReady = { url: gateway.url };
  return { ready, close: () => gateway.stop() };
});
