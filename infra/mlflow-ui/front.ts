/** MLflow's own web UI, from its package, in front of Assay: its files here, all else passed on. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { type NodeServer, serveHttp } from '../../functions/entry/node-server.ts';
import { isOwnHost } from '../../functions/entry/own-host.ts';

export interface Front {
  /** The folder of the UI's files. */
  readonly build: string;
  /** Where the API is, without a slash at the end. */
  readonly server: string;
  /** What the calls of the UI are signed in with. */
  readonly authorization: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

const TYPES: { readonly [extension: string]: string } = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

const refusal = (status: number, message: string): Response =>
  Response.json({ error_code: 'PERMISSION_DENIED', message }, { status });

async function file(build: string, path: string): Promise<Response> {
  const inside = normalize(join(build, path));
  const bytes = inside.startsWith(build + sep)
    ? await readFile(inside).catch(() => undefined)
    : undefined;
  if (bytes === undefined) return new Response(null, { status: 404 });
  const type = TYPES[extname(inside)] ?? 'application/octet-stream';
  return new Response(bytes, { headers: { 'content-type': type } });
}

/** Whether a request comes from the UI itself, or from a program; no other page may act as this person. */
function isOwn(request: Request): boolean {
  const { host } = new URL(request.url);
  const origin = request.headers.get('origin') ?? `http://${host}`;
  const site = request.headers.get('sec-fetch-site') ?? 'none';
  return isOwnHost(host) && origin === `http://${host}` && /^(same-origin|none)$/.test(site);
}

/** Of the connection, and what would make the server take the program for a page of another origin. */
const NOT_PASSED = /^(host|connection|origin|referer|cookie|content-length|sec-fetch-.*)$/;
/** `fetch` has undone the coding of the body. */
const NOT_ANSWERED = /^(content-encoding|content-length|transfer-encoding|set-cookie)$/;

const without = (headers: Headers, names: RegExp): Headers =>
  new Headers([...headers].filter(([name]) => !names.test(name)));

/** Passes a request on as a signed-in person; a file that lies elsewhere is fetched from there. */
async function pass(request: Request, { server, authorization }: Front): Promise<Response> {
  if (!isOwn(request)) return refusal(403, 'Only the web UI itself may call this address.');
  const { pathname, search } = new URL(request.url);
  const headers = without(request.headers, NOT_PASSED);
  headers.set('authorization', authorization);
  const body = ['GET', 'HEAD'].includes(request.method) ? null : await request.arrayBuffer();
  const { method } = request;
  const answer = await fetch(`${server}${pathname}${search}`, { method, headers, body }).catch(
    () => undefined,
  );
  if (answer === undefined) return refusal(502, `${server} cannot be reached.`);
  return new Response(answer.body, {
    status: answer.status,
    headers: without(answer.headers, NOT_ANSWERED),
  });
}

const decoded = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

/** Serves the UI to this machine alone. Rejects when the port is taken. */
export const startFront = (front: Front): Promise<NodeServer> =>
  serveHttp({
    port: front.port,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/') return file(front.build, 'index.html');
      const [, path] = /^\/static-files\/(.+)$/.exec(pathname) ?? [];
      return path === undefined ? pass(request, front) : file(front.build, decoded(path) ?? '');
    },
  });
