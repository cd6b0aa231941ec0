import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Uint8Array | string;
  /** Sends the body and then cuts the connection instead of ending the request. */
  readonly cut?: boolean;
}

/**
 * One request over HTTP that is sent as it is: `fetch` would correct the length of the body and
 * tidy the path. Rejects where the connection ends without an answer.
 */
export const sendRaw = (url: string, options: RawRequest = {}): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, cut = false } = options;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, { method, headers: { ...length, ...headers }, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    if (!cut) sent.end(body);
    else sent.write(body ?? '', () => setTimeout(() => sent.destroy(new Error('cut')), 50));
  });
