import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { type Gateway, gatewayRunner } from '../../support/gateway/runner.ts';

let app: TestApp;
let gateway: Gateway;
beforeAll(async () => {
  app = testApp();
  gateway = await gatewayRunner(lambdaHandler(app.platform));
});
afterAll(async () => {
  await gateway.stop();
  await app.close();
});

it('answers a GET that has a body, as `curl -X GET -d` sends it', async () => {
  const body = 'name=x';
  const headers = { 'content-length': body.length };
  const answer = await new Promise<readonly [number | undefined, string]>((resolve, reject) => {
    const call = request(`${gateway.url}/health`, { method: 'GET', headers }, (response) =>
      text(response).then((said) => resolve([response.statusCode, said]), reject),
    );
    call.on('error', reject).end(body);
  });

  expect(answer).toEqual([200, expect.stringContaining('healthy')]);
});
