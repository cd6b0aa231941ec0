import type * as z from 'zod';
import type { Context } from '#kernel/context.ts';
import type { FormLimits } from './form.ts';

/** Who may call a route at all; verbs check the group afterwards. */
export type Access =
  /**
   * No credentials needed, and none looked at unless `signedIn` says that they may matter. Pages of other
   * sites may call only what says so (`anySite`).
   */
  | { readonly kind: 'public'; readonly signedIn?: true; readonly anySite?: true }
  /** A signed-in person; never a job or worker, never a token with scopes. */
  | { readonly kind: 'login' }
  /** A person, or a token whose scopes hold `<object>:<action>`; with `jobs` also a job's child. */
  | {
      readonly kind: 'scoped';
      readonly object: string;
      readonly action: 'read' | 'write';
      readonly jobs?: boolean;
    }
  /** A worker of a pool. */
  | { readonly kind: 'worker' };

export const PUBLIC: Access = { kind: 'public' };
export const PUBLIC_OR_SIGNED_IN: Access = { kind: 'public', signedIn: true };
/** For pages everywhere: what they show of themselves is in the body. */
export const PUBLIC_TO_PAGES: Access = { kind: 'public', anySite: true };
export const LOGIN: Access = { kind: 'login' };
export const WORKER: Access = { kind: 'worker' };
export const reads = (object: string, options: { jobs?: boolean } = {}): Access => ({
  kind: 'scoped',
  object,
  action: 'read',
  ...options,
});
export const writes = (object: string, options: { jobs?: boolean } = {}): Access => ({
  kind: 'scoped',
  object,
  action: 'write',
  ...options,
});

type Parameter<S extends string> = S extends `${infer Name}:int`
  ? { readonly [K in Name]: number }
  : { readonly [K in S]: string };

/**
 * `{id:int}` is a non-negative integer, `{name}` one path segment, `{path*}` the whole rest. A
 * path may end in a verb of its own, `…:verb`.
 */
export type PathParameters<P extends string> = P extends `${string}{${infer S}}${infer Rest}`
  ? (S extends `${infer Name}*` ? { readonly [K in Name]: string } : Parameter<S>) &
      PathParameters<Rest>
  : unknown;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RouteInput<Params, Query, Body> {
  readonly ctx: Context;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Sent<S> = S extends z.ZodType ? z.input<S> : never;

/** A call as its document shows it: what people try first, and what a test sends. */
export interface Example<Params = unknown, Query = unknown, Body = unknown> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
}

/** Values by their names. */
type Named = { readonly [name: string]: unknown };

/**
 * One row of a dialect's table. `body` and `query` are the schemas of what comes in,
 * `response` of what goes out (for the OpenAPI document and the tests). `handle` validates
 * nothing: it calls one verb and maps the answer; what it returns is sent as JSON unless it
 * is a `Response`.
 */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The body may be missing; it then counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** The body is a form with files, not JSON. */
  readonly form?: FormLimits;
  /** Where a dialect bounds the body of this route more tightly than others. */
  readonly maxBodyBytes?: number;
  /** Its body or answer may hold a secret (a password, a new token): neither is hashed or kept. */
  readonly secret?: true;
  /** It changes nothing that the record of changes is for: what runs report is its own record. */
  readonly untraced?: true;
  /**
   * Doing it twice leaves what doing it once leaves, and its writes are not one transaction: under a
   * key it is done again until it was answered. Only for what is `untraced` and has no versions.
   */
  readonly repeatable?: true;
  readonly response?: z.ZodType;
  /** Of an answer as it should be, where that is not 200; 405 where it refuses whoever may call it. */
  readonly status?: 201 | 204 | 405;
  /** Of an answer of the same shape, where nothing was left to do. */
  readonly idleStatus?: 200;
  /** It need not be in the row itself: see `withExamples`. */
  readonly example?: Example<Named, Named>;
  readonly handle: (input: RouteInput<never, never, never>) => Promise<unknown>;
}

/** Declares a row with the types of its path, query and body inferred. */
export function route<
  const P extends string,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(row: {
  readonly method: Method;
  readonly path: P;
  readonly operationId: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyOptional?: boolean;
  readonly form?: FormLimits;
  readonly maxBodyBytes?: number;
  readonly secret?: true;
  readonly untraced?: true;
  readonly repeatable?: true;
  readonly response?: z.ZodType;
  readonly status?: 201 | 204 | 405;
  readonly idleStatus?: 200;
  readonly example?: Example<PathParameters<P>, Sent<Q>, Sent<B>>;
  readonly handle: (input: RouteInput<PathParameters<P>, Parsed<Q>, Parsed<B>>) => Promise<unknown>;
}): Route {
  return row as unknown as Route;
}

/** Names and kinds of the parameters in a path. */
export function pathParameters(
  path: string,
): readonly { readonly name: string; readonly kind: 'int' | 'segment' | 'rest' }[] {
  return [...path.matchAll(/\{([a-zA-Z]+)(:int|\*)?\}/g)].map(([, name = '', kind]) => ({
    name,
    kind: kind === ':int' ? 'int' : kind === '*' ? 'rest' : 'segment',
  }));
}

/** What the router takes for the name of a parameter is a verb: it becomes part of a pattern. */
function routerVerb(path: string): string {
  const [, before, int, last, verb] =
    /^(.*\/)(\{[a-zA-Z]+:int\})?([^/{}:]*):([a-z]+)$/.exec(path) ?? [];
  if (before === undefined) return path;
  const name = int?.slice(1, -':int}'.length) ?? 'verb';
  return `${before}:${name}{${int === undefined ? '' : '[0-9]+'}${last}:${verb}}`;
}

/** The path in the router's own notation. */
export const routerPath = (path: string): string =>
  routerVerb(path)
    .replaceAll(/\{([a-zA-Z]+):int\}/g, ':$1{[0-9]+}')
    .replaceAll(/\{([a-zA-Z]+)\*\}/g, ':$1{.+}')
    .replaceAll(/\{([a-zA-Z]+)\}/g, ':$1');

/** The text of a parameter without the verb of the path, which the router takes along. */
export const withoutVerb = (path: string, text: string): string => {
  const [verb] = /:[a-z]+$/.exec(path) ?? [];
  return verb !== undefined && text.endsWith(verb) ? text.slice(0, -verb.length) : text;
};
