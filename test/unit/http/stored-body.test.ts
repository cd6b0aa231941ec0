import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { storedAnswer, storedText } from '#http/stored-body.ts';

const TEXT = '{"a":"ä"}'.repeat(100);
const body = await storedText(TEXT, 'application/json');
const ask = (headers: Readonly<Record<string, string>> = {}) =>
  storedAnswer(new Request('http://assay.test/', { headers }), body);

describe('a stored body', () => {
  it.each(['gzip', 'br, gzip', 'GZIP;q=0.5', '*', 'deflate, *;q=0.1'])(
    'goes out compressed to who takes %s',
    async (accepted) => {
      const answer = ask({ 'accept-encoding': accepted });
      const bytes = Buffer.from(await answer.arrayBuffer());

      expect(answer.headers.get('content-encoding')).toBe('gzip');
      expect(bytes.byteLength).toBeLessThan(TEXT.length);
      expect(gunzipSync(bytes).toString()).toBe(TEXT);
    },
  );

  it.each(['', 'br', 'identity', 'gzip;q=0', 'gzip; q=0.00', 'xgzip'])(
    'goes out as it is to who takes "%s"',
    async (accepted) => {
      const answer = ask({ 'accept-encoding': accepted });

      expect(answer.headers.get('content-encoding')).toBeNull();
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('vary')).toBe('accept-encoding');
      expect(await answer.text()).toBe(TEXT);
    },
  );

  describe('that is there as gzip and as brotli', () => {
    const both = { ...body, brotli: new Uint8Array(brotliCompressSync(TEXT)) };
    const sent = async (accepted: string) => {
      const headers = { 'accept-encoding': accepted };
      const answer = storedAnswer(new Request('http://assay.test/', { headers }), both);
      const bytes = Buffer.from(await answer.arrayBuffer());
      const coding = answer.headers.get('content-encoding');
      if (coding === null) return [coding, String(bytes)];
      return [coding, String(coding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes))];
    };

    it.each([
      ['br', 'gzip, deflate, br, zstd'],
      ['br', '*'],
      ['br', 'br;q=0.5, gzip;q=0.5'],
      ['br', 'BR ; q=1.000'],
      ['gzip', 'gzip'],
      ['gzip', 'br;q=0.4, gzip;q=0.5'],
      ['gzip', 'br;q=0, *'],
      ['gzip', 'br;q=2, gzip;q=0.1'],
      ['br', 'identity, br'],
      [null, 'identity, br;q=0.9, gzip;q=0.9'],
      [null, '*;q=0'],
      [null, 'br;q=0, gzip;q=0.000'],
      [null, 'br;level=9'],
      [null, ''],
    ])('goes out as %s to who takes "%s"', async (coding, accepted) => {
      expect(await sent(accepted)).toEqual([coding, TEXT]);
    });
  });

  it('is named by what is in it', async () => {
    const other = await storedText(`${TEXT} `, 'application/json');

    expect((await storedText(TEXT, 'text/plain')).tag).toBe(body.tag);
    expect(other.tag).not.toBe(body.tag);
  });

  it.each([body.tag, `W/${body.tag}`, `"other", ${body.tag}`, '*'])(
    'is not sent again to who knows %s',
    async (known) => {
      const answer = ask({ 'if-none-match': known });

      expect([answer.status, await answer.text()]).toEqual([304, '']);
      expect(answer.headers.get('etag')).toBe(body.tag);
    },
  );

  it.each(['"other"', body.tag.slice(0, -1), 'no tag at all', ','])(
    'is sent to who knows only %s',
    (known) => {
      expect(ask({ 'if-none-match': known }).status).toBe(200);
    },
  );
});
