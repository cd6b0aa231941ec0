/** MLflow's own web UI, from its package, in front of a server: its files here, all else passed on. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { type NodeServer, serveHttp } from '#entry/node-server.ts';

const TYPES: { readonly [extension: string]: string } = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

async function file(build: string, path: string): Promise<Response> {
  const inside = normalize(join(build, decodeURIComponent(path)));
  if (!inside.startsWith(build)) return new Response(null, { status: 404 });
  const bytes = await readFile(inside).catch(() => undefined);
  if (bytes === undefined) return new Response(null, { status: 404 });
  const type = TYPES[extname(inside)] ?? 'application/octet-stream';
  return new Response(bytes, { headers: { 'content-type': type } });
}

/** Passes a request on as a signed-in person; a file that lies elsewhere is fetched from there. */
async function pass(request: Request, server: string, authorization: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set('authorization', authorization);
  // To the server it is a program of this person, not a page of another origin.
  for (const name of ['host', 'connection', 'origin', 'referer', 'content-length'])
    headers.delete(name);
  for (const name of [...headers.keys()]) if (name.startsWith('sec-fetch-')) headers.delete(name);
  const body = ['GET', 'HEAD'].includes(request.method) ? null : await request.arrayBuffer();
  const answer = await fetch(`${server}${pathname}${search}`, {
    method: request.method,
    headers,
    body,
  });
  const kept = new Headers(answer.headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name);
  return new Response(await answer.arrayBuffer(), { status: answer.status, headers: kept });
}

/** `build` is the folder of the UI's files, `server` where the API is. */
export const startFront = (
  build: string,
  server: string,
  authorization: string,
): Promise<NodeServer> =>
  serveHttp({
    port: 0,
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/') return file(build, 'index.html');
      const [, path] = /^\/static-files\/(.+)$/.exec(pathname) ?? [];
      return path === undefined ? pass(request, server, authorization) : file(build, path);
    },
  });
