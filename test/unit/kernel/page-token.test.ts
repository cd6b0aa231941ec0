import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteTable } from '#embedded/sqlite-table.ts';
import { createCache } from '#kernel/cache.ts';
import { systemClock } from '#kernel/clock.ts';
import { randomIds } from '#kernel/ids.ts';
import { openPageToken, signPageToken } from '#kernel/page-token.ts';

const table = openSqliteTable(':memory:');
afterAll(() => table.close());

/** Another process of the same deployment: the same table, a cache of its own. */
const process = () => ({ table, ids: randomIds, cache: createCache(systemClock) });

describe('page tokens', () => {
  it('are understood by every process of the deployment, also when several make the key at once', async () => {
    const several = Array.from({ length: 8 }, process);

    const tokens = await Promise.all(
      several.map((each, index) => signPageToken(each, [1, 'runs'], { index })),
    );
    const opened = await Promise.all(
      tokens.map((token) => openPageToken(process(), [1, 'runs'], token)),
    );

    expect(opened).toEqual(several.map((_, index) => ({ index })));
  });

  it('are good for their own question only', async () => {
    const token = await signPageToken(process(), [1, 'runs'], { after: 'x' });

    await expect(openPageToken(process(), [2, 'runs'], token)).rejects.toMatchObject({
      code: 'invalid',
      reason: 'invalid_cursor',
    });
    await expect(openPageToken(process(), [1, 'runs'], `${token}A`)).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});
