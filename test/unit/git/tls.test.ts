import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRepositories } from '#git/repositories.ts';
import { publicHttps, type TransportOptions } from '#git/transport.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { EXPIRED, GOOD, trustTestCa } from '../../support/certificates.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { fetchAll, LIMITS, secureLoopback } from './support.ts';

const repositories = openRepositories(secureLoopback);

const FILES: Readonly<Record<string, Uint8Array>> = {
  'bytes.bin': randomBytes(100_000),
  'deep/in/a folder/ä.txt': Buffer.from('ä\r\nö'),
  'empty.txt': new Uint8Array(),
  'zeros.bin': new Uint8Array(500_000),
};

let server: GitServer;
let expired: GitServer;
let commit = '';
beforeAll(async () => {
  server = await startGitServer(GOOD);
  expired = await startGitServer(EXPIRED);
  const made = server.create('kept');
  made.write(FILES);
  commit = made.commit();
  expired.create('kept').commit();
});
afterAll(async () => {
  await server.close();
  await expired.close();
});

let distrust: () => void;
beforeEach(() => {
  distrust = trustTestCa();
  server.calls.length = 0;
  server.handler = undefined;
});
afterEach(() => distrust());

describe('a repository over TLS', () => {
  it('comes as it is, byte by byte', async () => {
    const url = server.url('kept');
    const fetched = await repositories.fetchTree({ url }, LIMITS);
    const files: Record<string, Uint8Array> = {};
    for await (const { name, kind, read } of fetched.entries()) {
      if (kind === 'file') files[name] = new Uint8Array(await read());
    }

    expect(url).toMatch(/^https:/);
    expect(Object.keys(files).toSorted()).toEqual(Object.keys(FILES).toSorted());
    for (const [name, bytes] of Object.entries(FILES)) {
      expect(Buffer.compare(files[name] ?? Buffer.alloc(0), bytes), name).toBe(0);
    }
    expect(server.calls).toHaveLength(3);
  });

  const refusedBy = async (
    url: string,
    options: TransportOptions = secureLoopback,
  ): Promise<unknown> =>
    fetchAll(url, { repositories: openRepositories(options) }).catch((error: unknown) => error);

  it('is not fetched where nobody that is trusted vouches for the host', async () => {
    distrust();

    expect(await refusedBy(server.url('kept'))).toMatchObject({
      code: 'unavailable',
      cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });
    expect(server.calls).toEqual([]);
  });

  it('is not fetched by a certificate of another host, nor by one that is over', async () => {
    const other = server.url('kept').replace('git.test', 'other.test');

    expect(await refusedBy(other)).toMatchObject({
      code: 'unavailable',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    expect(await refusedBy(expired.url('kept'))).toMatchObject({
      code: 'unavailable',
      cause: { code: 'CERT_HAS_EXPIRED' },
    });
    expect([...server.calls, ...expired.calls]).toEqual([]);
  });

  it('is not fetched from a private address, whatever its certificate says', async () => {
    const { isPublic } = publicHttps;

    const refused = await refusedBy(server.url('kept'), { ...secureLoopback, isPublic });

    expect(refused).toBeInstanceOf(RepositoryRefused);
    expect(String(refused)).toContain('not public');
    expect(server.calls).toEqual([]);
  });

  it.each([
    'https://127.0.0.1',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'http://git.test',
    'https://other.test',
  ])('is not followed to %s', async (elsewhere) => {
    const looked: string[] = [];
    server.handler = (_, response) => {
      const location = `${elsewhere}:${server.port}/kept/info/refs?service=git-upload-pack`;
      response.writeHead(302, { location }).end();
    };
    const resolve: TransportOptions['resolve'] = (host) => {
      looked.push(host);
      return secureLoopback.resolve(host);
    };

    const refused = await refusedBy(server.url('kept'), { ...secureLoopback, resolve });

    expect(refused).toBeInstanceOf(RepositoryRefused);
    expect(String(refused)).toContain('redirects to elsewhere');
    expect([looked, server.calls.length]).toEqual([['git.test'], 1]);
  });

  it('is fetched anew after all that', async () => {
    expect(await fetchAll(server.url('kept'), { repositories })).toMatchObject({ commit });
  });
});
