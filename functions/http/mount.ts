import { Hono } from 'hono';
import type { Actor, Context, Platform } from '#kernel/context.ts';
import { AppError, tooManyBytes } from '#kernel/errors.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { parseJson, readText } from './body.ts';
import type { ChangeRules } from './change.ts';
import { type Credential, readCredential, requireSameOrigin } from './credentials.ts';
import type { Dialect, Input } from './dialect.ts';
import { requestIdOf } from './request-id.ts';
import { requireAccess } from './require-access.ts';
import { pathParameters, type Route, routerPath, withoutVerb } from './route.ts';

/** What every request needs beside the platform. */
export interface Surroundings {
  readonly platform: Platform;
  readonly authenticate: (credential: Credential) => Promise<Actor>;
  /** The actor with the groups that it is in now; `undefined` where it has those. */
  readonly renewed: (actor: Actor) => Promise<Actor | undefined>;
  readonly defer: (work: Promise<unknown>) => void;
}

/** Most calls read, and few take forms: neither is loaded for the others. */
const guards = loadOnce(() => import('./change.ts'));
const forms = loadOnce(() => import('./multipart.ts'));

/** Largest JSON body that is parsed, in bytes. */
const MAX_JSON_BYTES = 6 * 1024 * 1024;
/** The same where anybody may send it. */
const MAX_PUBLIC_BYTES = 64 * 1024;

type ParseParameters = (raw: Record<string, string>) => Record<string, unknown>;

/** Reads what a path holds in the places of its parameters. It throws `not_found`. */
function parameterParser({ path }: Route): ParseParameters {
  const parameters = pathParameters(path);
  return (raw) => {
    const values: Record<string, unknown> = {};
    for (const { name, kind } of parameters) {
      const text = withoutVerb(path, raw[name] ?? '');
      const value = kind === 'int' ? Number(text) : text;
      if (kind === 'int' ? !Number.isSafeInteger(value) : !text.isWellFormed()) {
        throw noRoute();
      }
      values[name] = value;
    }
    return values;
  };
}

function parseQuery(route: Route, request: Request, dialect: Dialect): unknown {
  if (route.query === undefined) return undefined;
  const { searchParams } = new URL(request.url);
  const raw: Record<string, string | string[]> = Object.create(null);
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    raw[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  const parsed = route.query.safeParse({ ...raw }, { reportInput: true });
  if (!parsed.success) throw dialect.invalidInput('query', parsed.error.issues);
  return parsed.data;
}

const tooLarge = (limit: number) => () => tooManyBytes(`The body is larger than ${limit} bytes.`);

async function readJson(route: Route, request: Request, dialect: Dialect): Promise<unknown> {
  try {
    const limit = route.access.kind === 'public' ? MAX_PUBLIC_BYTES : MAX_JSON_BYTES;
    const text = await readText(request, limit, tooLarge(limit));
    return text === '' && route.bodyOptional === true ? {} : parseJson(text, dialect.maxDepth);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw dialect.invalidJson('The body is not valid JSON.');
  }
}

async function parseBody(route: Route, request: Request, dialect: Dialect): Promise<unknown> {
  if (route.body === undefined) return undefined;
  const raw =
    route.form === undefined
      ? await readJson(route, request, dialect)
      : await (await forms()).readFields(route.form, request, dialect);
  const parsed = route.body.safeParse(raw, { reportInput: true });
  if (!parsed.success) throw dialect.invalidInput('body', parsed.error.issues);
  return parsed.data;
}

const readInput = async (route: Route, request: Request, dialect: Dialect): Promise<Input> => ({
  query: parseQuery(route, request, dialect),
  body: await parseBody(route, request, dialect),
});

/** What the request shows; a dialect of its own ways is asked where the headers show nothing. */
function credentialOf(dialect: Dialect, request: Request): Credential {
  const shown = readCredential(request.headers);
  return shown.kind === 'none' ? (dialect.credential?.(request) ?? shown) : shown;
}

/** Who sends a request, as far as the route wants to know. */
async function actorOf(
  { access }: Route,
  dialect: Dialect,
  { authenticate }: Surroundings,
  request: Request,
): Promise<Actor> {
  const isPublic = access.kind === 'public';
  const isForAnySite = isPublic && access.anySite === true;
  const credential =
    isPublic && access.signedIn !== true ? undefined : credentialOf(dialect, request);
  if ((isPublic && !isForAnySite) || credential?.kind === 'session') requireSameOrigin(request);
  if (credential === undefined) return { kind: 'anonymous' };
  return authenticate(credential).catch((error: unknown) => {
    // Clients send the cookie of a session that has ended along with whatever they ask for.
    const isOver = error instanceof AppError && error.code === 'unauthenticated';
    if (isPublic && isOver && credential.kind === 'session') return { kind: 'anonymous' };
    throw error;
  });
}

/** What runs report, many times a second, costs nothing more where its caller asks for no guard. */
const standsAlone = ({ keyHeader }: ChangeRules, { untraced }: Route, { headers }: Request) =>
  untraced === true && !headers.has(keyHeader) && !headers.has('if-match');

async function handle(
  route: Route,
  { changes }: Dialect,
  input: Input & { readonly ctx: Context; readonly request: Request },
): Promise<unknown> {
  const isGuarded =
    changes !== undefined && route.method !== 'GET' && !standsAlone(changes, route, input.request);
  if (!isGuarded) return route.handle(input as never);
  const { handleChange } = await guards();
  return handleChange(changes, route, input, input.request);
}

const GROUPS: readonly unknown[] = ['group', 'workspace'];

/** Whether it was refused for the groups that the caller is in, or for what it may do there. */
const isForGroups = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === 'forbidden' ||
    (error.code === 'not_found' && GROUPS.includes(error.detail.entity)));

/**
 * Answers as the actor that is known. Where it lacks a group, it is asked whether it has that by now, as
 * whoever makes a group in one process and uses it in another expects: nothing was written yet.
 */
async function answer(
  route: Route,
  dialect: Dialect,
  surroundings: Surroundings,
  request: Request,
  parameters: () => Record<string, unknown>,
): Promise<Response> {
  let read: Input | undefined;
  const answerAs = async (actor: Actor): Promise<Response> => {
    requireAccess(actor, route.access);
    const params = parameters();
    const own: Context = { ...surroundings.platform, actor, defer: surroundings.defer };
    const isNarrowed = dialect.narrow !== undefined && actor.kind !== 'anonymous';
    const ctx = isNarrowed ? dialect.narrow(own, request, params) : own;
    await dialect.admit?.(ctx, route);
    read ??= await (dialect.readInput ?? readInput)(route, request, dialect);
    dialect.requireAnswerable?.(request);
    const input = { ctx, params, ...read, request };
    const value = await handle(route, dialect, input);
    return value instanceof Response ? value : dialect.respond(value, request, route);
  };
  const actor = await actorOf(route, dialect, surroundings, request);
  try {
    return await answerAs(actor);
  } catch (error) {
    // Bytes that a handler takes from the request by itself come once.
    const isRepeatable = route.body !== undefined || !request.bodyUsed;
    const now = isForGroups(error) && isRepeatable ? await surroundings.renewed(actor) : undefined;
    if (now === undefined) throw error;
    return answerAs(now);
  }
}

/** An unknown failure becomes `internal`: its own message goes to the log only. */
function toAppError(error: unknown, platform: Platform, requestId: string): AppError {
  if (error instanceof AppError) {
    // What is unavailable for a reason of its own is no fault.
    if (error.code === 'internal' || error.reason === 'unavailable') {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      platform.log.error(error.code, { message: error.message, cause, requestId });
    }
    return error;
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  platform.log.error('internal', {
    name: failure.name,
    message: failure.message,
    stack: failure.stack,
    requestId,
  });
  return new AppError('internal', 'An unexpected error occurred.');
}

const noRoute = (): AppError =>
  new AppError('not_found', 'The requested URL was not found.', { reason: 'no_route' });

/** Answers what no route took: a known address with another method, then everything else. */
function mountRefusals(app: Hono, { routes, errorResponse }: Dialect): void {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of routes.filter(({ status }) => status !== 405)) {
    const address = routerPath(path);
    methods.set(address, (methods.get(address) ?? new Set()).add(method));
  }
  for (const [address, allowed] of methods) {
    app.all(address, (c) => {
      const message = 'The method is not allowed for the requested URL.';
      const response = errorResponse(new AppError('method_not_allowed', message), c.req.raw);
      response.headers.set('allow', [...allowed].sort().join(', '));
      return response;
    });
  }
  app.all('*', (c) => errorResponse(noRoute(), c.req.raw));
}

/** The routes of a dialect as an application, with and without a trailing slash. */
export function mountDialect(dialect: Dialect, surroundings: Surroundings): Hono {
  const app = new Hono({ strict: false });
  for (const route of dialect.routes) {
    const parse = parameterParser(route);
    app.on(route.method, routerPath(route.path), async (c) => {
      try {
        const parameters = () => parse(c.req.param());
        return await answer(route, dialect, surroundings, c.req.raw, parameters);
      } catch (error) {
        const request = c.req.raw;
        const failure = toAppError(error, surroundings.platform, requestIdOf(request));
        return dialect.errorResponse(failure, request);
      }
    });
  }
  mountRefusals(app, dialect);
  return app;
}
