import { afterEach, expect, it, vi } from 'vitest';
import { testApp } from '../../support/app.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A response of a stream costs the server of Node as much again as all of a small answer. */
it.each(['/health', '/api/v1/queues', '/nowhere'])(
  'the answer to %s gets its request id without being made again from a stream',
  async (path) => {
    const app = testApp();
    await app.fetch(path, {});
    const streams: unknown[] = [];
    class Watched extends Response {
      constructor(...[body, init]: ConstructorParameters<typeof Response>) {
        if (body instanceof ReadableStream) streams.push(body);
        super(body, init);
      }
    }
    vi.stubGlobal('Response', Watched);

    const answer = await app.fetch(path, {});

    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    expect(streams).toEqual([]);
    await app.close();
  },
);
