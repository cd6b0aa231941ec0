import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '#kernel/meter.ts';
import { type Answer, type TestApp, type TestUser, testApp } from '../../support/app.ts';

const PATH = '/api/v1/experiments';

interface Filled {
  readonly app: TestApp;
  readonly user: TestUser;
  /** Ids of the experiments. */
  readonly ids: readonly number[];
}

const WORDS = 'model attack defence patch sweep noise epsilon baseline robust image'.split(' ');
const wordsOf = (n: number): string => `${WORDS[n % 10]} ${WORDS[(n * 7 + 3) % 10]} ${n}`;

async function filled(rows: number): Promise<Filled> {
  const app = testApp();
  const user = await app.newUser();
  const ids: number[] = [];
  for (let n = 0; n < rows; n += 1) {
    const { body } = await user.post(PATH, {
      group: 1,
      name: wordsOf(n),
      description: wordsOf(n + 1),
    });
    ids.push(body.id);
    app.clock.advance(1_000);
  }
  await app.settled();
  return { app, user, ids };
}

/** What a call uses when the credentials were seen less than 5 seconds ago. */
async function costOf({ app, user }: Filled, call: () => Promise<Answer>): Promise<Usage> {
  await user.get('/api/v1/users/current');
  await app.settled();
  app.meter.reset();
  const { status, text } = await call();
  const usage = app.meter.snapshot();
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  await app.settled();
  return usage;
}

describe.each([100, 2_000])('with %i experiments', (rows) => {
  let full: Filled;
  beforeAll(async () => {
    full = await filled(rows);
  }, 120_000);
  afterAll(() => full.app.close());

  it('one is read in one round trip, for one read unit', async () => {
    const usage = await costOf(full, () => full.user.get(`${PATH}/${full.ids[7]}`));

    expect(usage).toMatchObject({ sequentialRoundTrips: 1, writeUnits: 0, readUnits: 1 });
  });

  it('one is created in two round trips, for 14 write units', async () => {
    const body = { group: 1, name: `one more of ${rows}`, description: wordsOf(5) };
    const usage = await costOf(full, () => full.user.post(PATH, body));

    expect(usage.sequentialRoundTrips).toBe(2);
    expect(usage.writeUnits).toBeGreaterThan(0);
    expect(usage.writeUnits).toBeLessThanOrEqual(14);
    expect(usage.readUnits).toBe(0);
  });

  it('a key for its create costs two more round trips and four more write units at most', async () => {
    const create = (name: string, headers: Readonly<Record<string, string>>) =>
      costOf(full, () =>
        full.user.call('POST', PATH, { group: 1, name, description: wordsOf(5) }, headers),
      );
    const plain = await create(`without a key ${rows}`, {});
    const keyed = await create(`with a key ${rows}`, { 'idempotency-key': `key of ${rows}` });

    // It asks for the answer of the same call before, and keeps its own.
    expect(keyed.sequentialRoundTrips).toBeLessThanOrEqual(plain.sequentialRoundTrips + 2);
    expect(keyed.writeUnits).toBeGreaterThan(plain.writeUnits);
    expect(keyed.writeUnits).toBeLessThanOrEqual(plain.writeUnits + 4);
    expect(keyed.readUnits).toBeLessThanOrEqual(1);
  });

  it('a version that the caller expects costs nothing', async () => {
    const path = `${PATH}/${full.ids[5]}`;
    const { headers } = await full.user.get(path);
    const tag = { 'if-match': headers.get('etag') ?? '' };
    const plain = await costOf(full, () =>
      full.user.put(`${PATH}/${full.ids[6]}`, { name: `a${rows}` }),
    );
    const matched = await costOf(full, () =>
      full.user.call('PUT', path, { name: `b${rows}` }, tag),
    );

    expect(matched).toMatchObject({
      sequentialRoundTrips: plain.sequentialRoundTrips,
      readUnits: plain.readUnits,
      writeUnits: plain.writeUnits,
    });
  });

  it('one is changed in three round trips', async () => {
    const body = { name: `changed of ${rows}` };
    const usage = await costOf(full, () => full.user.put(`${PATH}/${full.ids[3]}`, body));

    expect(usage.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(usage.writeUnits).toBeLessThanOrEqual(16);
  });

  it('a page at any offset takes three round trips and ten read units', async () => {
    for (let index = 0; index < rows; index += Math.ceil(rows / 9)) {
      const usage = await costOf(full, () => full.user.get(`${PATH}?index=${index}&pageLength=10`));

      expect(usage.sequentialRoundTrips).toBeLessThanOrEqual(3);
      expect(usage.readUnits).toBeGreaterThan(0);
      expect(usage.readUnits).toBeLessThanOrEqual(10);
      expect(usage.writeUnits).toBe(0);
    }
  });

  it.each([
    'sortBy=name',
    'sortBy=description&descending=true',
    'search=name:noise*',
    'search=noise&sortBy=name',
  ])(
    'a page by %s takes four round trips and 0.02 units a row, then next to nothing',
    async (query) => {
      const path = `${PATH}?${query}&index=20&pageLength=10`;
      const other = full.app.otherProcess();
      const { cookie } = full.user;
      const elsewhere: Filled = {
        ...full,
        app: other,
        user: { ...full.user, ...other.client({ cookie }) },
      };
      const first = await costOf(elsewhere, () => elsewhere.user.get(path));
      const again = await costOf(elsewhere, () => elsewhere.user.get(path));

      // The rows of the page itself are read beside what orders them, at half a unit each.
      const pageUnits = 5;
      expect(first.sequentialRoundTrips).toBeLessThanOrEqual(4);
      expect(first.readUnits).toBeLessThanOrEqual(Math.max(0.02 * rows, 3) + pageUnits);
      expect(again.sequentialRoundTrips).toBeLessThanOrEqual(2);
      // One unit, or two where some thirty changes wait to be folded into the list.
      expect(again.readUnits).toBeLessThanOrEqual(2 + pageUnits);
    },
  );
});

describe('identity', () => {
  let full: Filled;
  beforeAll(async () => {
    full = await filled(1);
  });
  afterAll(() => full.app.close());

  it('costs two reads side by side when credentials are not known, and none when they are', async () => {
    const { app, user, ids } = full;
    const other = app.otherProcess();
    const client = other.client({ cookie: user.cookie });
    await client.get(`${PATH}/${ids[0]}`);
    const cold = other.meter.snapshot();
    other.meter.reset();
    await client.get(`${PATH}/${ids[0]}`);
    const warm = other.meter.snapshot();

    expect(cold).toMatchObject({ sequentialRoundTrips: 2, tableCalls: 3 });
    expect(warm).toMatchObject({ sequentialRoundTrips: 1, tableCalls: 1 });
  });

  it('asks nothing of the store to refuse a token that is no token', async () => {
    const { app } = full;
    app.meter.reset();
    await app.bearer('asy_x').get(PATH);
    await app.client().get(PATH);
    await app.client().get('/api/v1/openapi.json');

    expect(app.meter.snapshot().tableCalls).toBe(0);
  });
});
