/** The function that takes events, on stores in memory and a queue that keeps nothing. */
import { findProject } from '#domain/projects/index.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import { lambdaAnswers } from '#entry/lambda-answers.ts';
import { buildPublicApp } from '#entry/public-app.ts';
import { type GatewayHandler, gatewayRunner } from '../../support/gateway/runner.ts';
import { serveAsChild } from '../frame/child.ts';

export interface IngestFunctionInput {
  readonly folder: string;
}

export interface IngestFunctionReady {
  readonly url: string;
  /** Of the project that events are for. */
  readonly token: string;
}

const GROUP = 2;

await serveAsChild(async ({ folder }: IngestFunctionInput) => {
  const embedded = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: 'http://localhost',
    secret: 'nobody signs with this one',
    settings: { registration: 'closed', pools: [], passwordLogN: 10, version: 'bench' },
    log: { info: () => undefined, error: () => undefined },
  });
  // In AWS the queue is not in the function's memory.
  const platform = { ...embedded, messages: { ...embedded.messages, send: async () => undefined } };
  const { token } = await findProject(
    { ...platform, actor: { kind: 'system' }, defer: () => undefined },
    GROUP,
  );
  const handler = lambdaAnswers(platform, buildPublicApp) as unknown as GatewayHandler;
  const gateway = await gatewayRunner(handler);
  const ready: IngestFunctionReady = { url: gateway.url, token };
  return {
    ready,
    async close() {
      await gateway.stop();
      embedded.close();
    },
  };
});
