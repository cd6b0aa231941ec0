/** A stable base URL in front of a path on another port, as API Gateway's own host name would be. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { isOwnHost } from '../../functions/entry/own-host.ts';

export interface FrontProxy {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Passes every request on to `target` + its path, byte for byte: the path keeps its escapes, the
 * headers (`cookie` and `host` among them) stay as they came. Port 0 means any free one.
 */
export async function startFrontProxy(target: string, port: number): Promise<FrontProxy> {
  const server = createServer((incoming, answer) => pass(target, incoming, answer));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

function pass(target: string, incoming: IncomingMessage, answer: ServerResponse): void {
  if (!isOwnHost(incoming.headers.host ?? '')) {
    answer.writeHead(421, { 'content-type': 'text/plain' }).end('This is a server of one machine.');
    return;
  }
  const headers = {
    ...incoming.headers,
    // What the gateway says about the caller is never what the caller says.
    'x-forwarded-for': incoming.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-proto': 'http',
  };
  const outgoing = request(`${target}${incoming.url ?? '/'}`, {
    method: incoming.method ?? 'GET',
    headers,
  });
  outgoing.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
    response.on('error', () => answer.destroy());
  });
  outgoing.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else
      answer.writeHead(502, { 'content-type': 'text/plain' }).end('The emulator did not answer.');
  });
  answer.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
