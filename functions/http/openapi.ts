import type * as z from 'zod';
import { callers, schemesOf, security } from './openapi-access.ts';
import {
  answerSchema,
  type Json,
  jsonSchema,
  queryParameters,
  withNulls,
} from './openapi-schema.ts';
import { type OpenApiTag, tagsOf } from './openapi-tags.ts';
import { pathParameters, type Route } from './route.ts';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  /** What holds for many routes, in words. */
  readonly description?: string;
  /** What stands before the paths of the routes, e.g. `/api/v1`; it may have places for variables. */
  readonly base: string;
  /** What stands in those places, and what that means. */
  readonly variables?: Readonly<
    Record<string, { readonly default: string; readonly description: string }>
  >;
  /** The groups of its operations; without them each has that of the first part of its path. */
  readonly tags?: readonly OpenApiTag[];
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

const parametersOf = ({ path, query, example = {} }: Route): readonly Json[] => [
  ...pathParameters(path).map(({ name, kind }) => ({
    name,
    in: 'path',
    required: true,
    schema:
      kind === 'int'
        ? { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
        : { type: 'string', minLength: 1 },
    ...(kind === 'rest' ? { description: 'May hold slashes.' } : {}),
    ...(example.params?.[name] === undefined ? {} : { example: example.params[name] }),
  })),
  ...(query === undefined ? [] : queryParameters(query, example.query)),
];

/** Of what is stored elsewhere, at an address that is good for a while. */
const elsewhere: Json = {
  description: 'The content is there.',
  headers: { location: { required: true, schema: { type: 'string', format: 'uri' } } },
};

const content = (schema: Json, type = 'application/json', example?: unknown): Json => ({
  [type]: { schema, ...(example === undefined ? {} : { example }) },
});

interface Dressing
  extends Pick<OpenApiOptions, 'headers' | 'statuses' | 'nullIsMissing' | 'movedBy'> {
  readonly tagOf: (route: Route) => string;
}

function answered({ status, response }: Route, shown: Json): Json {
  if (status === 204) return { description: 'Done.' };
  return response === undefined
    ? { description: 'The content.', ...shown, content: { '*/*': {} } }
    : { description: 'Done.', ...shown, content: content(answerSchema(response)) };
}

/** Statuses that the framework itself answers with, beside what each verb throws. */
function responsesOf(route: Route, { headers, statuses = [], movedBy = 302 }: Dressing): Json {
  const refused = { $ref: '#/components/responses/error' };
  const isPublic = route.access.kind === 'public';
  const hasInput = route.body !== undefined || route.query !== undefined;
  const shown = headers === undefined ? {} : { headers: headers.ofAnswer };
  return {
    ...Object.fromEntries(statuses.map((status) => [status, refused])),
    ...(route.idleStatus === undefined ? {} : { [route.idleStatus]: answered(route, shown) }),
    [route.status ?? 200]: answered(route, shown),
    ...(route.response === undefined && route.status !== 204 ? { [movedBy]: elsewhere } : {}),
    ...(hasInput ? { 400: refused } : {}),
    ...(isPublic ? {} : { 401: refused, 403: refused }),
    ...(pathParameters(route.path).length > 0 ? { 404: refused } : {}),
    ...(route.body === undefined ? {} : { 413: refused }),
    // Whatever is asked, the gateway may say that it is too much.
    ...(isPublic && !hasInput && statuses.length === 0 ? { '4XX': refused } : {}),
    default: refused,
  };
}

/** A form as it is shown field by field, each with its own example: files have none. */
function withFieldExamples(schema: Json, example: Json): Json {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  return {
    ...schema,
    properties: Object.fromEntries(
      properties.map(([name, field]) => [
        name,
        name in example ? { ...field, examples: [example[name]] } : field,
      ]),
    ),
  };
}

function requestBody(
  { body, bodyOptional, form, example }: Route,
  { nullIsMissing }: Dressing,
): Json {
  if (body === undefined) return {};
  const plain = jsonSchema(body, 'input');
  const schema = nullIsMissing === true ? (withNulls(plain) as Json) : plain;
  return {
    requestBody: {
      required: bodyOptional !== true,
      content:
        form === undefined
          ? content(schema, 'application/json', example?.body)
          : content(
              withFieldExamples(schema, (example?.body ?? {}) as Json),
              'multipart/form-data',
            ),
    },
  };
}

function operation(route: Route, dressing: Dressing): Json {
  const parameters = [...parametersOf(route), ...(dressing.headers?.ofCall(route) ?? [])];
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: callers(route.access),
    tags: [dressing.tagOf(route)],
    security: security(route.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route, dressing),
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
  const { title, version, description, base, variables, error, headers } = options;
  const routes = options.routes.filter(({ status }) => status !== 405);
  const { tagOf, tags } = tagsOf(options.tags, routes);
  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      ...(description === undefined ? {} : { description }),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: base, ...(variables === undefined ? {} : { variables }) }],
    ...(tags.length === 0 ? {} : { tags }),
    paths: pathsOf(routes, { ...options, tagOf }),
    components: {
      securitySchemes: schemesOf(routes.map(({ access }) => access)),
      responses: {
        error: {
          description: 'Refused or failed.',
          ...(headers === undefined ? {} : { headers: headers.ofError }),
          content: content(answerSchema(error)),
        },
      },
    },
  };
}
