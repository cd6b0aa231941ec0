/** A server of `node:http` that does nothing but answer: what this machine and the client can do at most. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveAsChild } from '../frame/child.ts';

export interface FloorInput {
  /** How long its answers are. */
  readonly bytes: number;
}

export interface FloorReady {
  readonly url: string;
}

await serveAsChild(async ({ bytes }: FloorInput) => {
  const body = Buffer.from(JSON.stringify({ fill: '.'.repeat(bytes) }));
  const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ready: FloorReady = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  return {
    ready,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
});
