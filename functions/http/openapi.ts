import * as z from 'zod';
import { type Access, pathParameters, type Route } from './route.ts';

type Json = { readonly [name: string]: unknown };

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  /** What holds for many routes, in words. */
  readonly description?: string;
  /** What stands before the paths of the routes, e.g. `/api/v1`. */
  readonly base: string;
  readonly routes: readonly Route[];
  /** Shape of the dialect's errors. */
  readonly error: z.ZodType;
  /** Headers that calls may send, as OpenAPI's parameters, and headers of answers, by name. */
  readonly headers?: {
    readonly ofCall: (route: Route) => readonly Json[];
    readonly ofAnswer: Json;
    readonly ofError: Json;
  };
  /** The status with which an answer says that the content is elsewhere; 302 without it. */
  readonly movedBy?: 302 | 307;
  /** A member of a body that may be missing may be `null` as well. */
  readonly nullIsMissing?: true;
  /** Statuses of errors that every call may be answered with, beside what its row says. */
  readonly statuses?: readonly number[];
}

/** Ways to show who one is; workers and jobs have bearer tokens of their own kinds. */
const securitySchemes: Json = {
  session: { type: 'apiKey', in: 'cookie', name: 'session' },
  remember: { type: 'apiKey', in: 'cookie', name: 'dioptra_remember_token' },
  basic: { type: 'http', scheme: 'basic' },
  token: { type: 'http', scheme: 'bearer', description: 'A personal token.' },
  jobToken: { type: 'http', scheme: 'bearer', description: 'The token of one attempt of a job.' },
  workerToken: { type: 'http', scheme: 'bearer', description: 'The token of a worker.' },
};

const PERSON = [{ session: [] }, { remember: [] }, { basic: [] }];

function security(access: Access): readonly Json[] {
  if (access.kind === 'public')
    return access.signedIn === true ? [{}, ...PERSON, { token: [] }] : [];
  if (access.kind === 'worker') return [{ workerToken: [] }];
  if (access.kind === 'login') return [...PERSON, { token: [] }];
  const token = { token: [`${access.object}:${access.action}`] };
  return [...PERSON, token, ...(access.jobs === true ? [{ jobToken: [] }] : [])];
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  // References into the middle of the document would not resolve, so nothing is shared.
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  });
  return json;
}

const asObject = (value: unknown): Json => (typeof value === 'object' ? { ...value } : {});

/** A schema whose members may be `null` wherever they may be missing. */
function withNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNulls);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, each]) => [name, withNulls(each)]),
  );
  const { properties, required } = inner as { properties?: Json; required?: readonly string[] };
  if (inner.type !== 'object' || properties === undefined) return inner;
  const members = Object.entries(properties).map(([name, each]) => [
    name,
    required?.includes(name) === true ? each : { anyOf: [each, { type: 'null' }] },
  ]);
  return { ...inner, properties: Object.fromEntries(members) };
}

/** What a query's text means (a number, a flag) says more than how the text must look. */
function queryParameters(query: z.ZodType): readonly Json[] {
  // What a transform makes of the whole tells nothing of the parameters that it takes.
  const taken = query instanceof z.ZodPipe ? (query.in as z.ZodType) : query;
  const [input, output] = [jsonSchema(taken, 'input'), jsonSchema(taken, 'output')];
  const [texts, meanings] = [asObject(input.properties), asObject(output.properties)];
  const required = new Set(Array.isArray(input.required) ? input.required : []);
  return Object.keys(texts).map((name) => {
    const meaning = asObject(meanings[name]);
    return {
      name,
      in: 'query',
      required: required.has(name),
      schema: Object.keys(meaning).length > 0 ? meaning : texts[name],
    };
  });
}

const parametersOf = ({ path, query }: Route): readonly Json[] => [
  ...pathParameters(path).map(({ name, kind }) => ({
    name,
    in: 'path',
    required: true,
    schema:
      kind === 'int'
        ? { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
        : { type: 'string', minLength: 1 },
    ...(kind === 'rest' ? { description: 'May hold slashes.' } : {}),
  })),
  ...(query === undefined ? [] : queryParameters(query)),
];

/** Of what is stored elsewhere, at an address that is good for a while. */
const elsewhere: Json = {
  description: 'The content is there.',
  headers: { location: { required: true, schema: { type: 'string', format: 'uri' } } },
};

const content = (schema: Json, type = 'application/json'): Json => ({ [type]: { schema } });

type Dressing = Pick<OpenApiOptions, 'headers' | 'statuses' | 'nullIsMissing' | 'movedBy'>;

/** Statuses that the framework itself answers with, beside what each verb throws. */
function responsesOf(route: Route, { headers, statuses = [], movedBy = 302 }: Dressing): Json {
  const refused = { $ref: '#/components/responses/error' };
  const isPublic = route.access.kind === 'public';
  const hasInput = route.body !== undefined || route.query !== undefined;
  const shown = headers === undefined ? {} : { headers: headers.ofAnswer };
  return {
    ...Object.fromEntries(statuses.map((status) => [status, refused])),
    200:
      route.response === undefined
        ? { description: 'The content.', ...shown, content: { '*/*': {} } }
        : {
            description: 'Done.',
            ...shown,
            content: content(jsonSchema(route.response, 'output')),
          },
    ...(route.response === undefined ? { [movedBy]: elsewhere } : {}),
    ...(hasInput ? { 400: refused } : {}),
    ...(isPublic ? {} : { 401: refused, 403: refused }),
    ...(pathParameters(route.path).length > 0 ? { 404: refused } : {}),
    ...(route.body === undefined ? {} : { 413: refused }),
    default: refused,
  };
}

function operation(route: Route, dressing: Dressing): Json {
  const { body } = route;
  const parameters = [...parametersOf(route), ...(dressing.headers?.ofCall(route) ?? [])];
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.path.split(/[/:{]/)[1] ?? ''],
    security: security(route.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: content(
              dressing.nullIsMissing === true
                ? (withNulls(jsonSchema(body, 'input')) as Json)
                : jsonSchema(body, 'input'),
              route.form === undefined ? undefined : 'multipart/form-data',
            ),
          },
        }),
    responses: responsesOf(route, dressing),
  };
}

/** The path as OpenAPI writes it. */
const openPath = (path: string): string => path.replaceAll(/\{([a-zA-Z]+)(?::int|\*)\}/g, '{$1}');

function pathsOf(routes: readonly Route[], dressing: Dressing): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  const ids = new Set<string>();
  for (const route of routes) {
    const path = openPath(route.path);
    const method = route.method.toLowerCase();
    const item = paths[path] ?? {};
    if (item[method] !== undefined || ids.has(route.operationId)) {
      throw new Error(`${route.method} ${route.path} (${route.operationId}) is there twice.`);
    }
    ids.add(route.operationId);
    paths[path] = { ...item, [method]: operation(route, dressing) };
  }
  return paths;
}

/**
 * The OpenAPI 3.1 document of a dialect's routes. Throws when two routes share their address
 * or their operation id.
 */
export function openApiDocument(options: OpenApiOptions): Json {
  const { title, version, description, base, routes, error, headers } = options;
  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      ...(description === undefined ? {} : { description }),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: base }],
    paths: pathsOf(routes, options),
    components: {
      securitySchemes,
      responses: {
        error: {
          description: 'Refused or failed.',
          ...(headers === undefined ? {} : { headers: headers.ofError }),
          content: content(jsonSchema(error, 'output')),
        },
      },
    },
  };
}
