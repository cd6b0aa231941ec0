import type { EmbeddedPlatform } from '#embedded/context.ts';
import { REQUEST_ID } from '#http/request-id.ts';
import type { Platform } from '#kernel/context.ts';
import { buildApp } from './app.ts';
import { deferring } from './deferred.ts';
import { sourceFiles } from './docs/source-files.ts';
import { serveHttp } from './node-server.ts';
import { isOwnHost } from './own-host.ts';
import type { Pages } from './pages/pages.ts';
import { builtFiles } from './ui/build-folder.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/** One line of the access log; the path without its query, which may hold signatures. */
export interface AccessLine {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** None where it was no call of the API. */
  readonly requestId: string | undefined;
  readonly ms: number;
}

export interface LocalServerOptions {
  readonly platform: EmbeddedPlatform;
  /** What the API works with, when it is not `platform` itself (a meter around its ports, say). */
  readonly apiPlatform?: Platform;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Routes beside the API by `<METHOD> <path>`, asked first. */
  readonly extraRoutes?: ReadonlyMap<string, Handler>;
  readonly onRequest?: (line: AccessLine) => void;
  /** Folder of the built dashboard; without it there is none. */
  readonly ui?: string | undefined;
}

export interface LocalServer {
  readonly url: string;
  /** Address of the dashboard, where there is one. */
  readonly ui: string | undefined;
  /** Resolves when the work that answers left behind is done. */
  settled(): Promise<void>;
  /** Stops taking requests, ends what is being answered, and what answers left behind. */
  close(): Promise<void>;
}

const misdirected = (): Response => {
  const message = 'This server answers as localhost or 127.0.0.1 only, not under other names.';
  return Response.json({ message }, { status: 421 });
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The dashboard may be shown under another name of this machine than the one that URLs are signed for. */
async function pagesOf(folder: string | undefined, url: () => string): Promise<Pages> {
  const files = folder === undefined ? undefined : await builtFiles(folder);
  const docs = sourceFiles;
  return files === undefined ? { docs } : { docs, ui: { files, stores: () => [url()] } };
}

/** The whole API and the signed URLs of the embedded blobs on one port of the loopback interface. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { platform, apiPlatform = platform, extraRoutes, onRequest } = options;
  const background = deferring(platform.log);
  const pages = await pagesOf(options.ui, () => server.url);
  const app = buildApp(apiPlatform, background.defer, pages);
  const route = async (request: Request, path: string): Promise<Response> => {
    if (!isOwnHost(request.headers.get('host') ?? 'localhost')) return misdirected();
    const extra = extraRoutes?.get(`${request.method} ${path}`);
    if (extra !== undefined) return extra(request);
    if (path.startsWith('/_blobs/')) return platform.blobs.handleRequest(request);
    return app.fetch(request);
  };
  const answer = async (request: Request): Promise<Response> => {
    const startedAt = performance.now();
    const { pathname } = new URL(request.url);
    const response = await route(request, pathname).catch((error: unknown) => {
      platform.log.error('unanswered', { path: pathname, message: messageOf(error) });
      return Response.json({ message: 'An unexpected error occurred.' }, { status: 500 });
    });
    onRequest?.({
      method: request.method,
      path: pathname,
      status: response.status,
      requestId: response.headers.get(REQUEST_ID) ?? undefined,
      ms: Math.round((performance.now() - startedAt) * 10) / 10,
    });
    return response;
  };
  const server = await serveHttp({ fetch: answer, port: options.port });
  return {
    url: server.url,
    ui: pages.ui && `${server.url}/ui/`,
    settled: background.settled,
    async close() {
      await server.close();
      await background.settled();
    },
  };
}
