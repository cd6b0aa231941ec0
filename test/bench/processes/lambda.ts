/** The bundle of the API's Lambda. */
import { type GatewayHandler, gatewayRunner } from '../../support/gateway/runner.ts';
import { type GatewayInput, serveGateways } from './gateways.ts';

export interface LambdaInput extends GatewayInput {
  /** URL of the bundle's entry. */
  readonly bundle: string;
}

await serveGateways(async ({ bundle }: LambdaInput) => {
  const { handler } = (await import(bundle)) as { readonly handler: GatewayHandler };
  return gatewayRunner(handler);
});
