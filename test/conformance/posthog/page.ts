/** PostHog's SDK for browsers, on a page of another origin than the API. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(
  new URL('../../../node_modules/posthog-js/dist/module.js', import.meta.url),
);

const PAGE = `<!doctype html><meta charset="utf-8"><title>A shop</title>
<h1>A shop</h1><button id="buy">Buy</button>
<script type="module">import { posthog } from '/sdk.js'; window.posthog = posthog;</script>`;

/** Serves the page and the SDK; resolves to where it is. */
export async function servePage(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sdk = await readFile(bundle);
  const server = createServer((incoming, outgoing) => {
    const isSdk = incoming.url === '/sdk.js';
    const type = isSdk ? 'text/javascript' : 'text/html';
    outgoing.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(isSdk ? sdk : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
