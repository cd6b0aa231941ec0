import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Json } from '../../support/app.ts';

/** One answer, or none where the line was cut. */
export type Reply = Answer | undefined;

/** What somebody at a keyboard sees of the API. */
export interface StormClient {
  /** One try; `undefined` when there is no answer. */
  once(method: string, path: string, body?: unknown, key?: string): Promise<Reply>;
  /** Again while it fails in passing. */
  call(method: string, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** The same, where only a success will do. */
  get(path: string): Promise<Json>;
  post(path: string, body: unknown): Promise<Json>;
  pages(path: string): Promise<readonly Json[]>;
}

const TRIES = 60;
const TIMEOUT_MS = 20_000;

const isPassing = ({ status, headers }: Answer): boolean =>
  status === 503 || status === 429 || (status === 409 && headers.has('retry-after'));

async function ask(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Reply> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, signal });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const { status, headers } = response;
    return { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
  } catch {
    return undefined;
  }
}

async function allPages(get: StormClient['get'], path: string): Promise<readonly Json[]> {
  const sign = path.includes('?') ? '&' : '?';
  const rows: Json[] = [];
  for (;;) {
    const page = await get(`${path}${sign}index=${rows.length}&pageLength=1000`);
    rows.push(...page.data);
    if (page.isComplete) return rows;
  }
}

/** Calls through `fetch`, which may be on a bad line. */
export function stormClient(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): StormClient {
  const once: StormClient['once'] = (method, path, body, key) =>
    ask(fetch, `${url}${path}`, {
      method,
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const call: StormClient['call'] = async (...asked) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await once(...asked);
      if (answer !== undefined && !isPassing(answer)) return answer;
      if (tries >= TRIES) throw new Error(`${asked[0]} ${asked[1]}: ${answer?.text ?? 'nothing'}`);
      await sleep(Math.min(2_000, 100 * tries));
    }
  };
  const wanted = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await call(method, path, body);
    if (answer.status === 200) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  };
  const get: StormClient['get'] = (path) => wanted('GET', path);
  return {
    once,
    call,
    get,
    post: (path, body) => wanted('POST', path, body),
    pages: (path) => allPages(get, path),
  };
}
