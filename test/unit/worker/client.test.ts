import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workerClient } from '#worker/client.ts';
import { HttpFailure, retryAfterMs } from '#worker/http.ts';
import { POOL, type ProtocolServer, startProtocolServer, WORKER_TOKEN } from './protocol-server.ts';

let server: ProtocolServer;
beforeEach(async () => {
  server = await startProtocolServer();
});
afterEach(() => server.close());

const clientOf = (timeoutMs?: number) =>
  workerClient({
    apiUrl: `${server.url}/`,
    token: WORKER_TOKEN,
    pool: POOL,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
const wish = { worker: 'w', waitSeconds: 0 };

describe('workerClient', () => {
  it('claims the same attempt when the answer to its first try was lost', async () => {
    const job = server.addJob();
    server.fault = ({ count }) => (count === 1 ? 'drop-answer' : undefined);

    const { claim } = await clientOf().claim(wish);

    expect(claim).toMatchObject({ jobId: job.id, lease: job.lease });
    expect(job.claims).toBe(1);
  });

  it('waits as long as it is asked to', async () => {
    server.fault = ({ count }) => (count === 1 ? { status: 429, retryAfter: '2' } : undefined);
    const from = performance.now();

    expect(await clientOf().claim(wish)).toEqual({ claim: null });

    expect(performance.now() - from).toBeGreaterThan(1_990);
  });

  it.each([400, 401, 403, 404, 422])('does not repeat what HTTP %s refused', async (status) => {
    server.fault = () => ({ status });

    await expect(clientOf().claim(wish)).rejects.toThrow(HttpFailure);

    expect(server.calls).toHaveLength(1);
  });

  it('gives up on a dead API after some tries, and at once when aborted', async () => {
    const gone = workerClient({ apiUrl: 'http://127.0.0.1:9', token: 't', pool: POOL });
    const fence = { jobId: 1, attempt: 1, lease: 'l' };

    await expect(gone.heartbeat(fence, undefined)).rejects.toThrow('got no answer');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const from = performance.now();
    await expect(
      gone.finish(fence, { outcome: 'finished', artifacts: [] }, stop.signal),
    ).rejects.toThrow();
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it('ends a try that hangs and makes another', async () => {
    server.fault = async ({ count }) => {
      if (count === 1) await new Promise((resolve) => setTimeout(resolve, 8_000));
      return undefined;
    };
    const from = performance.now();

    expect(await clientOf(300).claim(wish)).toEqual({ claim: null });

    expect(performance.now() - from).toBeLessThan(6_000);
  });

  it('tells a lost lease from every other refusal, and does not repeat it', async () => {
    const job = server.addJob();
    const client = clientOf();
    await client.claim(wish);
    const stale = { jobId: job.id, attempt: 1, lease: 'another' };

    expect(await client.heartbeat(stale, undefined)).toEqual({ held: false });
    expect(await client.finish(stale, { outcome: 'failed', artifacts: [] })).toEqual({
      held: false,
    });
    expect(server.calls.filter(({ verb }) => verb === 'finish')).toHaveLength(1);
  });

  it('does not follow a redirect with its token', async () => {
    server.fault = () => ({ status: 307 });

    await expect(clientOf().claim(wish)).rejects.toThrow('HTTP 307');
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [null, undefined],
    ['3', 3_000],
    ['0', 0],
    ['999999', 60_000],
    [new Date(now + 5_000).toUTCString(), 5_000],
    [new Date(now - 5_000).toUTCString(), 0],
    ['soon', undefined],
  ])('reads %s', (value, expected) => {
    expect(retryAfterMs(value, now)).toBe(expected);
  });
});
