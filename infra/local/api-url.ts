/** Where an emulator serves an HTTP API: each has forms of its own, so they are tried. */
import { setTimeout as sleep } from 'node:timers/promises';

/** LocalStack's name for this machine, known to DNS everywhere. */
const LOCALSTACK_HOST = 'localhost.localstack.cloud';

/** The addresses by path first: they need no name that only some resolvers know. */
export function apiUrls(endpoint: string, apiId: string): readonly string[] {
  const { hostname, port } = new URL(endpoint);
  const host = /^[\d.]+$/.test(hostname) ? LOCALSTACK_HOST : hostname;
  return [
    `${endpoint}/_aws/execute-api/${apiId}/%24default`,
    `${endpoint}/_aws/execute-api/${apiId}`,
    `${endpoint}/restapis/${apiId}/%24default/_user_request_`,
    `http://${apiId}.execute-api.${host}${port === '' ? '' : `:${port}`}`,
  ];
}

/** An address by host name needs that name in each request, so nothing can stand in front of it. */
export const isByPath = (apiUrl: string): boolean => new URL(apiUrl).pathname !== '/';

const PROBE_MS = 20_000;
const PAUSE_MS = 1_000;

/** `undefined` when the API answered; else what came instead. */
async function obstacleAt(url: string, signal: AbortSignal | undefined) {
  const timeout = AbortSignal.timeout(PROBE_MS);
  try {
    const answer = await fetch(`${url}/health`, {
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const text = await answer.text();
    return answer.ok && text.includes('"healthy"') ? undefined : `answered ${answer.status}`;
  } catch (error) {
    signal?.throwIfAborted();
    const { cause, message } = error as Error;
    return (cause as { code?: string } | undefined)?.code ?? message;
  }
}

/** The address at which `/health` is well; tried again for a while, as first starts take their time. */
export async function findApiUrl(
  endpoint: string,
  apiId: string,
  { signal, timeoutMs = 120_000 }: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const tried: string[] = [];
    for (const url of apiUrls(endpoint, apiId)) {
      const obstacle = await obstacleAt(url, signal);
      if (obstacle === undefined) return url;
      tried.push(`  ${url}/health: ${obstacle}`);
    }
    if (performance.now() > deadline) {
      throw new Error(`The stack is deployed, but its API answers nowhere:\n${tried.join('\n')}`);
    }
    await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}
