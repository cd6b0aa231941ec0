/** A server of MLflow's API as its client sees it: calls, pages, and files as streams. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson, toJson } from '../../functions/surfaces/mlflow/json.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers have the shapes of MLflow's messages
export type Message = any;
type Arguments = { readonly [name: string]: unknown };

/** An answer other than 200. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(what: string, status: number, code: string, message: string) {
    super(`${what}: HTTP ${status} ${code} ${message}`.trim());
    this.name = 'Refused';
    this.status = status;
    this.code = code;
  }
}

export interface ServerOptions {
  /** What people call it. */
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Server extends ServerOptions {
  /** A call of the API; GET sends its arguments in the query. Rejects with {@link Refused}. */
  ask(method: string, path: string, args?: Arguments, key?: string): Promise<Message>;
  /** Everything under `field` of all pages of a search or a list. */
  pages(method: string, path: string, args: Arguments, field: string): AsyncIterable<Message>;
  /** The bytes at a path. */
  open(path: string): Promise<AsyncIterable<Uint8Array>>;
}

/** Answers after which the same call may succeed. */
const PASSING = new Set([408, 409, 429, 500, 502, 503, 504]);
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 500;
const TIMEOUT_MS = 120_000;
const SHOWN = 400;

/** Whether to try again: the server is away, busy, or at work on the same call. */
const mayPass = (error: unknown): boolean =>
  error instanceof Refused ? PASSING.has(error.status) : error instanceof TypeError;

/** Tries what may be repeated, with longer and longer pauses. */
export async function retrying<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === MAX_TRIES || !mayPass(error)) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

/** The failure of a call in which no server took part, with what to do. */
export function unreachable(name: string, url: string, error: unknown): Error {
  const { cause = error } = error as Error;
  const why = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
  return new Error(`${name} cannot be reached at ${url}: ${why}`, { cause: error });
}

function refusal(what: string, status: number, text: string): Refused {
  try {
    const { error_code: code = '', message = '' } = JSON.parse(text);
    return new Refused(what, status, String(code), String(message).slice(0, SHOWN));
  } catch {
    return new Refused(what, status, '', text.slice(0, SHOWN));
  }
}

function queryOf(args: Arguments): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) query.append(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function requestOf(method: string, args: Arguments | undefined, key: string | undefined) {
  const named: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  if (method === 'GET' || args === undefined) return { headers: named };
  return { headers: { ...named, 'content-type': 'application/json' }, body: toJson(args) };
}

export function openServer(options: ServerOptions): Server {
  const { name, url, headers, signal } = options;
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const own = { ...headers, ...(init.headers as Record<string, string>) };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return fetch(`${url}${path}`, { ...init, headers: own, signal: limit });
  };
  const once = async (method: string, path: string, args?: Arguments, key?: string) => {
    const query = method === 'GET' && args !== undefined ? queryOf(args) : '';
    const response = await send(`${path}${query}`, { method, ...requestOf(method, args, key) });
    const text = await response.text();
    if (response.status === 200) return parseJson(text);
    throw refusal(`${name}, ${method} ${path}`, response.status, text);
  };
  const ask: Server['ask'] = (...call) =>
    retrying(signal, () => once(...call)).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error instanceof TypeError ? unreachable(name, url, error) : error;
    });
  return {
    ...options,
    ask,
    async *pages(method, path, args, field) {
      let token: string | undefined;
      do {
        const page = await ask(
          method,
          path,
          token === undefined ? args : { ...args, page_token: token },
        );
        yield* page[field] ?? [];
        token = page.next_page_token;
      } while (token !== undefined && token !== '');
    },
    async open(path) {
      const response = await fetch(`${url}${path}`, { headers, signal });
      if (response.status === 200 && response.body !== null) return response.body;
      throw refusal(`${name}, GET ${path}`, response.status, await response.text());
    },
  };
}

/** Throws, with what to do, unless a server of MLflow's API answers and lets us in. */
export async function requireMlflow(
  { name, url, headers, signal }: Server,
  help: string,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(15_000)]);
  const get = (path: string) =>
    fetch(`${url}${path}`, { headers, signal: limit }).catch((error: unknown) => {
      throw unreachable(name, url, error);
    });
  const version = await get('/version');
  const text = await version.text();
  if (version.status === 401 || version.status === 403)
    throw new Error(`${name} asks who you are. ${help}`);
  if (version.status !== 200 || !/^\d+\.\d+/.test(text)) {
    throw new Error(
      `${url} answers, but not as MLflow (GET /version: HTTP ${version.status}); is the URL right?`,
    );
  }
  const search = await get('/api/2.0/mlflow/experiments/search?max_results=1');
  await search.body?.cancel();
  if (search.status === 401 || search.status === 403)
    throw new Error(`${name} does not let you in. ${help}`);
  if (search.status !== 200)
    throw new Error(`${name} answered HTTP ${search.status} to a search of experiments.`);
}
