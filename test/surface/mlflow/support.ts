import { Hono } from 'hono';
import { authenticateBasic, authenticateToken, createToken } from '#domain/identity/index.ts';
import { mountDialect } from '#http/mount.ts';
import { mlflowDialect, mlflowRoutes } from '#surfaces/mlflow/dialect.ts';
import { openWorkshop, PASSWORD, type Workshop } from '../../unit/domain/tracking/support.ts';

type Body = string | { readonly [name: string]: unknown };
export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
  readonly headers: Headers;
}

export interface Surface {
  readonly shop: Workshop;
  readonly app: Hono;
  /** Calls below /api/2.0/mlflow as alice, or as somebody else. */
  readonly get: (path: string, as?: string) => Promise<Answer>;
  readonly post: (path: string, body: Body, as?: string) => Promise<Answer>;
  readonly send: (url: string, init?: RequestInit, as?: string) => Promise<Answer>;
  readonly newRun: (body?: { readonly [name: string]: unknown }) => Promise<string>;
  /** A Bearer header of alice with these scopes. */
  readonly bearer: (scopes?: readonly string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

const basic = (username: string): string =>
  `Basic ${Buffer.from(`${username}:${PASSWORD}`).toString('base64')}`;

const BASE = 'http://assay.test';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The dialect by itself, on embedded ports, with users that are looked up for real. */
export async function openSurface(options: { readonly baseUrl?: string } = {}): Promise<Surface> {
  const shop = await openWorkshop(options);
  const platform = shop.metered;
  const surroundings = {
    platform,
    defer: () => undefined,
    renewed: async () => undefined,
    authenticate: async (credential: Parameters<Authenticate>[0]) => {
      if (credential.kind === 'none') return { kind: 'anonymous' } as const;
      return credential.kind === 'basic'
        ? authenticateBasic(platform, credential.username, credential.password)
        : authenticateToken(platform, credential.token);
    },
  };
  const app = new Hono().route(
    '/',
    mountDialect(mlflowDialect(await mlflowRoutes()), surroundings),
  );
  const send: Surface['send'] = async (url, init = {}, as = basic('alice')) => {
    const headers = new Headers(init.headers);
    if (as !== '') headers.set('authorization', as.includes(' ') ? as : basic(as));
    const response = await app.request(`${BASE}${url}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, text, json: parsed(text), headers: response.headers };
  };
  const post: Surface['post'] = (path, body, as) =>
    send(
      `/api/2.0/mlflow${path}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      },
      as,
    );
  return {
    shop,
    app,
    send,
    post,
    get: (path, as) => send(`/api/2.0/mlflow${path}`, {}, as),
    newRun: async (body = {}) => {
      const experiment_id = String(shop.experimentId);
      const { json } = await post('/runs/create', { experiment_id, start_time: 1, ...body });
      return json.run.info.run_id as string;
    },
    bearer: async (scopes) => {
      const made = await createToken(shop.alice, {
        name: 'test',
        days: 1,
        ...(scopes === undefined ? {} : { scopes }),
      });
      return `Bearer ${made.token}`;
    },
    close: shop.close,
  };
}

type Authenticate = Parameters<typeof mountDialect>[1]['authenticate'];
