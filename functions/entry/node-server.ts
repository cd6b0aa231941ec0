import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { takeUnread } from './unread-body.ts';

export interface NodeServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** Takes no new connections, waits `graceMs` for what is being answered, then cuts it off. */
  close(graceMs?: number): Promise<void>;
}

export interface NodeServerOptions {
  readonly fetch: (request: Request) => Promise<Response>;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly hostname?: string;
}

/** What Node allows for headers is more than the gateway does; slow headers are cut off. */
const HEADERS_TIMEOUT_MS = 30_000;
/** Bodies may be uploads of gigabytes, so only silence ends them. */
const SILENCE_MS = 120_000;

/**
 * Serves a function from request to response over HTTP. Bodies stream both ways;
 * `request.signal` aborts when the client goes away. Rejects when the port is taken.
 */
export async function serveHttp(options: NodeServerOptions): Promise<NodeServer> {
  const { hostname = '127.0.0.1', port } = options;
  const server = createAdaptorServer({
    fetch: async (request, bindings) => {
      const { incoming, outgoing } = bindings as HttpBindings;
      const response = await options.fetch(request);
      // What has arrived is off the line, whether anybody reads it or not.
      const isWhole = incoming.complete || (await takeUnread(request));
      // What is left there is no next request.
      if (!isWhole) outgoing.shouldKeepAlive = false;
      return response;
    },
    hostname,
    serverOptions: { requestTimeout: 0, headersTimeout: HEADERS_TIMEOUT_MS },
  }) as Server;
  server.setTimeout(SILENCE_MS);
  server.listen(port, hostname);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${actual}`,
    close: (graceMs = 5_000) => closeServer(server, graceMs),
  };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  // It also ends the connections that are idle.
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
