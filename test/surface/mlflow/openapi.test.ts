import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowRoutes } from '#surfaces/mlflow/dialect.ts';
import { type Json, type TestApp, testApp } from '../../support/app.ts';

let app: TestApp;
let document: Json;
beforeAll(async () => {
  app = testApp();
  ({ body: document } = await app.client().get('/api/2.0/mlflow/openapi.json'));
});
afterAll(() => app.close());

describe("the OpenAPI document of MLflow's API", () => {
  it('is valid by a validator that is not ours', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));

    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('has every route that programs call once, with what it takes', async () => {
    const operations = Object.values(document.paths).flatMap((item) =>
      Object.values(item as object),
    ) as readonly Json[];
    const ids = operations.map(({ operationId }) => operationId).sort();
    const wanted = (await mlflowRoutes())
      .filter(({ path }) => !path.startsWith('/ajax-api/'))
      .map(({ operationId }) => operationId)
      .filter((id) => !id.startsWith('unknown') && id !== 'getOpenApiDocument');

    expect(ids).toEqual(wanted.toSorted());
    expect(ids.length).toBeGreaterThan(18);
    const batch = document.paths['/api/2.0/mlflow/runs/log-batch'].post.requestBody;
    const { properties } = batch.content['application/json'].schema;
    expect(Object.keys(properties).sort()).toEqual(['metrics', 'params', 'run_id', 'tags']);
    const get = document.paths['/api/2.0/mlflow/runs/get'].get;
    expect(get.parameters).toContainEqual(
      expect.objectContaining({ name: 'run_id', in: 'query', required: true }),
    );
  });
});
