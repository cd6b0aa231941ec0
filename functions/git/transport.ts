import { lookup } from 'node:dns/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { unavailable } from '#kernel/errors.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { checkedAddresses, isPublicAddress, type Resolve } from './addresses.ts';
import { malformed, tooLarge } from './refused.ts';

/** How hosts are reached; tests replace it to reach their own. */
export interface TransportOptions {
  readonly protocol: 'https:' | 'http:';
  readonly resolve: Resolve;
  readonly isPublic: (address: string) => boolean;
}

export const publicHttps: TransportOptions = {
  protocol: 'https:',
  resolve: (host) => lookup(host, { all: true }),
  isPublic: isPublicAddress,
};

export interface Call {
  readonly url: URL;
  /** Sent by POST. */
  readonly body?: Uint8Array;
  /** Media type of the answer. */
  readonly accept: string;
}

/** One connection to one host. */
export interface Connection {
  /** The answer's body, with the address that gave it in the end. */
  call(call: Call): Promise<{ readonly url: URL; readonly chunks: AsyncIterable<Buffer> }>;
  close(): void;
}

export interface ConnectionLimits {
  readonly signal: AbortSignal;
  /** Of all answers together. */
  readonly maxBytes: number;
}

const MAX_REDIRECTS = 3;
const USER_AGENT = 'git/assay';

function refusalOf(status: number): Error {
  if (status === 401 || status === 403) {
    return new RepositoryRefused(
      'it is not there, or it needs authentication; only public repositories are imported',
    );
  }
  if (status === 404 || status === 410) return new RepositoryRefused('no repository is there');
  if (status === 429 || status >= 500) {
    return unavailable(`The host of the repository answers ${status}; try again later.`);
  }
  return malformed(`status ${status}`);
}

/** Where an answer points to: another path of the same host, which ends as the first did. */
function redirected({ url }: Call, location: string | undefined): URL {
  const next = URL.parse(location ?? '', url.href) ?? undefined;
  const ending = '/info/refs';
  const isSame = next?.origin === url.origin && next.search === url.search && next.username === '';
  if (!next || !isSame || !next.pathname.endsWith(ending) || !url.pathname.endsWith(ending)) {
    throw new RepositoryRefused('its host redirects to elsewhere');
  }
  return next;
}

/** Answers with the addresses that were checked, whatever the name leads to by now. */
function pinned(addresses: Awaited<ReturnType<Resolve>>): LookupFunction {
  return (_, { all }, done) => {
    const [first] = addresses;
    if (all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}

/** Failures of the network as they are told; those that have a message of ours stay. */
async function orUnavailable<T>(work: Promise<T>, { signal }: ConnectionLimits): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof RepositoryRefused) throw error;
    throw unavailable('The host of the repository cannot be reached; try again later.', error);
  }
}

const aborted = ({ signal }: ConnectionLimits): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function boundedReader(limits: ConnectionLimits) {
  let bytes = 0;
  return async function* read(response: IncomingMessage): AsyncGenerator<Buffer> {
    const chunks = response[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await orUnavailable(chunks.next(), limits);
        if (done === true) return;
        bytes += value.byteLength;
        if (bytes > limits.maxBytes) throw tooLarge(limits.maxBytes, 'bytes');
        yield value;
      }
    } finally {
      response.destroy();
    }
  };
}

function sender(agent: http.Agent, protocol: string, lookup: LookupFunction, signal: AbortSignal) {
  const { request } = protocol === 'https:' ? https : http;
  return ({ url, body, accept }: Call): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { accept, 'user-agent': USER_AGENT, 'git-protocol': 'version=2' };
      const type = accept.replace(/result$/, 'request');
      const posted = { method: 'POST', headers: { ...headers, 'content-type': type } };
      request(url, { agent, lookup, signal, ...(body === undefined ? { headers } : posted) })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
}

/** Whether it is the answer that was asked for; where it only points elsewhere, it is not. */
function isAnswer({ statusCode = 0, headers }: IncomingMessage, { accept }: Call): boolean {
  if (statusCode >= 300 && statusCode <= 399) return false;
  if (statusCode !== 200) throw refusalOf(statusCode);
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  if (headers['content-type'] !== accept || !isPlain) throw malformed('another media type');
  return true;
}

/** Checks where the host of `url` lies, and gets ready to ask it. */
export async function openConnection(
  url: URL,
  options: TransportOptions,
  limits: ConnectionLimits,
): Promise<Connection> {
  const { protocol, resolve, isPublic } = options;
  if (url.protocol !== protocol) throw new RepositoryRefused('its address is no https address');
  const looking = checkedAddresses(url.hostname, resolve, isPublic);
  const addresses = await orUnavailable(Promise.race([looking, aborted(limits)]), limits);
  const { Agent } = protocol === 'https:' ? https : http;
  // An agent of its own: it shares no socket with others, and knows no proxy.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = sender(agent, protocol, pinned(addresses), limits.signal);
  const read = boundedReader(limits);
  return {
    async call(first) {
      let call = first;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const response = await orUnavailable(send(call), limits);
        try {
          if (isAnswer(response, call)) return { url: call.url, chunks: read(response) };
          call = { ...call, url: redirected(call, response.headers.location) };
        } catch (error) {
          response.destroy();
          throw error;
        }
        response.resume();
      }
      throw new RepositoryRefused('its host redirects too often');
    },
    close: () => agent.destroy(),
  };
}
