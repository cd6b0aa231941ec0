import { expect, it } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '#http/openapi.ts';
import { type Access, PUBLIC, type Route, reads, route, WORKER, writes } from '#http/route.ts';

const row = (path: string, operationId: string, access: Access = PUBLIC): Route =>
  route({ method: 'GET', path, operationId, summary: '', access, handle: async () => ({}) });
const documentOf = (...routes: readonly Route[]) => {
  const error = z.object({ message: z.string() });
  // biome-ignore lint/suspicious/noExplicitAny: the test looks into the document.
  return openApiDocument({ title: 't', version: '1', base: '/b', routes, error }) as any;
};

it('refuses a table in which two routes are the same', () => {
  expect(() => documentOf(row('/a', 'one'), row('/b', 'one'))).toThrow('there twice');
  expect(() => documentOf(row('/a/{x}', 'one'), row('/a/{x}', 'two'))).toThrow('there twice');
  expect(Object.keys(documentOf(row('/a', 'one'), row('/b', 'two')).paths)).toEqual(['/a', '/b']);
});

it('writes paths and their parameters in the words of OpenAPI', () => {
  const { paths } = documentOf(row('/a/{id:int}/{name}/{rest*}', 'one'));

  expect(paths['/a/{id}/{name}/{rest}'].get.parameters).toMatchObject([
    { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 0 } },
    { name: 'name', in: 'path', schema: { type: 'string' } },
    { name: 'rest', in: 'path', description: 'May hold slashes.' },
  ]);
});

it('says who may call', () => {
  const securityOf = (access: Access) =>
    documentOf(row('/a', 'one', access)).paths['/a'].get.security;
  const names = (access: Access) => securityOf(access).flatMap((each: object) => Object.keys(each));
  const person = ['session', 'remember', 'basic', 'token'];

  expect(securityOf(PUBLIC)).toEqual([]);
  expect(names(WORKER)).toEqual(['workerToken']);
  expect(names(writes('queue'))).toEqual(person);
  expect(securityOf(writes('queue')).at(-1)).toEqual({ token: ['queue:write'] });
  expect(names(reads('job', { jobs: true }))).toEqual([...person, 'jobToken']);
});

it('keeps the body that comes in apart from the answer that goes out', () => {
  const schema = z.object({ a: z.string().default('x') });
  const both = route({
    method: 'POST',
    path: '/a',
    operationId: 'one',
    summary: '',
    access: PUBLIC,
    body: schema,
    response: schema,
    handle: async () => ({}),
  });
  const { post } = documentOf(both).paths['/a'];

  expect(post.requestBody.content['application/json'].schema).not.toHaveProperty('required');
  expect(post.responses[200].content['application/json'].schema.required).toEqual(['a']);
});
