import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#entry/authenticate.ts';
import { pathParameters } from '#http/route.ts';
import { dioptraRoutes } from '#surfaces/dioptra/parts.ts';
import { type Json, type TestApp, testApp } from '../../support/app.ts';

let app: TestApp;
let document: Json;
beforeAll(async () => {
  app = testApp();
  ({ body: document } = await app.client().get('/api/v1/openapi.json'));
});
afterAll(() => app.close());

const routes = await dioptraRoutes(signIn);
const operations = (): readonly Json[] =>
  Object.values(document.paths).flatMap((item) => Object.values(item as object));

describe('the OpenAPI document', () => {
  it('is valid by a validator that is not ours, which refuses a broken one', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    const broken = await new Validator().validate({ ...document, info: {} });

    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(broken.valid).toBe(false);
  });

  it('has each route once, under an operation id of its own', () => {
    const ids = operations().map(({ operationId }) => operationId);

    expect(ids.toSorted()).toEqual(routes.map(({ operationId }) => operationId).toSorted());
    expect(new Set(ids).size).toBe(routes.length);
  });

  it('declares exactly the parameters of each path', () => {
    for (const [path, item] of Object.entries<Json>(document.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      for (const { parameters = [] } of Object.values<Json>(item)) {
        const inPath = parameters.filter((each: Json) => each.in === 'path');

        expect(inPath.map(({ name }: Json) => name).sort()).toEqual(wanted);
      }
    }
    expect(routes.filter(({ path }) => pathParameters(path).length > 0).length).toBeGreaterThan(20);
  });

  it('says what a query means, and what a body must be', () => {
    const { parameters } = document.paths['/experiments'].get;
    const body = document.paths['/experiments'].post.requestBody.content['application/json'].schema;
    const schemaOf = (name: string) =>
      parameters.find((each: Json) => each.name === name && each.in === 'query').schema;

    expect(schemaOf('pageLength')).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000 });
    expect(schemaOf('descending')).toMatchObject({ type: 'boolean' });
    expect(parameters.every((each: Json) => each.required === false)).toBe(true);
    expect(body).toMatchObject({ additionalProperties: false, required: ['name', 'group'] });
    expect(body.properties.name).toMatchObject({ type: 'string', minLength: 1, maxLength: 500 });
  });

  it('says that what is no JSON may be somewhere else', () => {
    const without = routes.filter(({ response }) => response === undefined);
    const elsewhere = operations().filter(({ responses }) => responses[302] !== undefined);

    expect(without.length).toBeGreaterThan(3);
    expect(elsewhere.map(({ operationId }) => operationId).sort()).toEqual(
      without.map(({ operationId }) => operationId).sort(),
    );
  });

  it('asks for credentials wherever the router does', () => {
    // Where nothing is needed, `{}` stands beside what may be shown.
    const needsNothing = (each: Json) => Object.keys(each).length === 0;
    const open = operations().filter(
      ({ security }) => security.length === 0 || security.some(needsNothing),
    );

    expect(open.map(({ operationId }) => operationId).sort()).toEqual(
      routes
        .flatMap(({ access, operationId }) => (access.kind === 'public' ? operationId : []))
        .sort(),
    );
    expect(document.paths['/experiments'].post.security).toContainEqual({
      token: ['experiment:write'],
    });
  });
});
