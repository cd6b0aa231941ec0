import { expect, it } from 'vitest';
import * as z from 'zod';
import { bodies, withExamples } from '#http/examples.ts';
import { type OpenApiOptions, openApiDocument } from '#http/openapi.ts';
import { type Access, PUBLIC, type Route, reads, route, WORKER, writes } from '#http/route.ts';

const row = (path: string, operationId: string, access: Access = PUBLIC): Route =>
  route({ method: 'GET', path, operationId, summary: '', access, handle: async () => ({}) });
const documentWith = (options: Partial<OpenApiOptions>, ...routes: readonly Route[]) => {
  const error = z.object({ message: z.string() });
  const plain = { title: 't', version: '1', base: '/b', routes, error };
  // biome-ignore lint/suspicious/noExplicitAny: the test looks into the document.
  return openApiDocument({ ...plain, ...options }) as any;
};
const documentOf = (...routes: readonly Route[]) => documentWith({}, ...routes);

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

it('names only the ways to sign in that some operation knows', () => {
  const schemes = (...accesses: readonly Access[]) =>
    Object.keys(
      documentOf(...accesses.map((access, at) => row(`/${at}`, `of${at}`, access))).components
        .securitySchemes,
    );

  expect(schemes(PUBLIC)).toEqual([]);
  expect(schemes(WORKER, PUBLIC)).toEqual(['workerToken']);
  expect(schemes(reads('job'), WORKER)).toHaveLength(5);
});

it('tells how every call may fail, that of a call to which nothing can be wrong, too', () => {
  const statuses = (route: Route) =>
    Object.keys(
      Object.values<Record<string, { responses: object }>>(documentOf(route).paths)[0]?.get
        ?.responses ?? {},
    );

  expect(statuses(row('/a', 'one'))).toContain('4XX');
  expect(statuses(row('/a', 'one', WORKER))).not.toContain('4XX');
});

it('groups operations by tags, the first that fits, and knows no other', () => {
  const tags = [
    { name: 'files', description: 'Files.', paths: /\/files$/ },
    { name: 'a', description: 'All about a.' },
    { name: 'z', description: 'Nothing.' },
  ];
  const routes = [row('/a/{id:int}', 'one'), row('/a/files', 'two')];
  const document = documentWith({ tags }, ...routes);

  expect(document.paths['/a/{id}'].get.tags).toEqual(['a']);
  expect(document.paths['/a/files'].get.tags).toEqual(['files']);
  expect(document.tags).toEqual([
    { name: 'files', description: 'Files.' },
    { name: 'a', description: 'All about a.' },
  ]);
  expect(() => documentWith({ tags }, row('/b', 'three'))).toThrow('/b has no tag');
});

it('shows examples where they belong', () => {
  const made = route({
    method: 'POST',
    path: '/a/{id:int}',
    operationId: 'one',
    summary: '',
    access: PUBLIC,
    query: z.object({ full: z.string().optional(), page: z.string().optional() }),
    body: z.object({ name: z.string() }),
    example: { params: { id: 7 }, query: { full: 'yes' }, body: { name: 'x' } },
    handle: async () => ({}),
  });
  const { post } = documentOf(made).paths['/a/{id}'];

  expect(
    post.parameters.map(({ name, example }: { name: string; example: unknown }) => [name, example]),
  ).toEqual([
    ['id', 7],
    ['full', 'yes'],
    ['page', undefined],
  ]);
  expect(post.requestBody.content['application/json'].example).toEqual({ name: 'x' });
});

it('takes examples from a table, which names nothing that there is not', () => {
  const [one, two] = withExamples([row('/a', 'one'), row('/b', 'two')], bodies({ two: { a: 1 } }));

  expect([one?.example, two?.example]).toEqual([undefined, { body: { a: 1 } }]);
  expect(() => withExamples([row('/a', 'one')], bodies({ other: {} }))).toThrow('other');
});

it('does not tell of answers that their integers are safe', () => {
  const answer = { ...row('/a', 'one'), response: z.object({ id: z.int(), few: z.int().max(9) }) };
  const { get } = documentOf(answer).paths['/a'];

  expect(get.responses[200].content['application/json'].schema.properties).toEqual({
    id: { type: 'integer' },
    few: { type: 'integer', maximum: 9 },
  });
});
