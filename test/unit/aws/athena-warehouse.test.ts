import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { athenaClient } from '#aws/athena-client.ts';
import { athenaDialect } from '#aws/athena-dialect.ts';
import { openAthenaWarehouse } from '#aws/athena-warehouse.ts';
import type { Question, Warehouse } from '#kernel/warehouse.ts';

// biome-ignore lint/suspicious/noExplicitAny: requests and answers of every shape.
type Json = any;

/** What the service is asked, in order, and what it answers. */
interface Service {
  readonly asked: { readonly action: string; readonly body: Json }[];
  answers: Readonly<Record<string, (body: Json) => Json>>;
}

let server: Server;
let service: Service;
let stored: Map<string, Uint8Array>;
let warehouse: Warehouse;

beforeEach(async () => {
  service = { asked: [], answers: {} };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const body = JSON.parse(Buffer.concat(chunks).toString());
    service.asked.push({ action, body });
    const answer = service.answers[action]?.(body) ?? {};
    response.writeHead(answer.__type === undefined ? 200 : 400, {
      'content-type': 'application/x-amz-json-1.1',
    });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stored = new Map();
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
  warehouse = openAthenaWarehouse({
    kit: athenaClient({ endpoint, region: 'us-east-1', credentials }),
    blobs: {
      head: async (key) => (stored.has(key) ? { key, size: 1, etag: 'e' } : undefined),
      put: async (key, body) => void stored.set(key, Buffer.from(body)),
    },
    ...{ bucket: 'bucket', database: 'base', workgroup: 'group', timeoutMs: 200, pollMs: 1 },
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const question = (more: Partial<Question> = {}): Question => ({
  groupId: 7,
  hours: ['2026-06-01T05', '2026-06-03T20'].map((hour) => ({ hour, clean: true, objects: [] })),
  persons: new Map(),
  statement: (dialect) => ({
    named: [`some ${dialect.once} (SELECT * FROM events)`],
    select: 'SELECT variant, n FROM some',
  }),
  ...more,
});

const cells = (...texts: readonly (string | undefined)[]) => ({
  Data: texts.map((text) => (text === undefined ? {} : { VarCharValue: text })),
});
const COLUMNS = [
  { Name: 'variant', Type: 'varchar' },
  { Name: 'n', Type: 'bigint' },
  { Name: 'mean', Type: 'double' },
  { Name: 'is', Type: 'boolean' },
];
const succeeding = {
  StartQueryExecution: () => ({ QueryExecutionId: 'q' }),
  GetQueryExecution: () => ({ QueryExecution: { Status: { State: 'SUCCEEDED' } } }),
};

describe('a warehouse by Athena', () => {
  it('makes the tables once, asks, waits and reads all pages', async () => {
    let looks = 0;
    service.answers = {
      ...succeeding,
      GetQueryExecution: () => {
        looks += 1;
        const State = looks % 2 === 0 ? 'SUCCEEDED' : 'RUNNING';
        return { QueryExecution: { Status: { State } } };
      },
      GetQueryResults: ({ NextToken }) => ({
        ResultSet: {
          ResultSetMetadata: { ColumnInfo: COLUMNS },
          Rows:
            NextToken === undefined
              ? [cells('variant', 'n', 'mean', 'is'), cells('test', '12', '1.5E-3', 'true')]
              : [cells(undefined, '3', undefined, 'false')],
        },
        ...(NextToken === undefined && { NextToken: 'more' }),
      }),
    };

    const first = await warehouse.query(question());
    await warehouse.query(question());

    expect(first).toEqual([
      { variant: 'test', n: 12, mean: 0.0015, is: true },
      { variant: null, n: 3, mean: null, is: false },
    ]);
    const starts = service.asked.filter(({ action }) => action === 'StartQueryExecution');
    const kinds = starts.map(({ body }) => body.QueryString.slice(0, 6));
    expect(kinds).toEqual(['CREATE', 'CREATE', 'CREATE', 'WITH r', 'WITH r']);
    expect(starts[3]?.body).toMatchObject({
      ...{ QueryExecutionContext: { Database: 'base' }, WorkGroup: 'group' },
      QueryString: expect.stringContaining("dt BETWEEN '2026-06-01' AND '2026-06-03'"),
    });
    expect(starts[3]?.body.QueryString).toContain("group_id = '7'");
  });

  it('puts persons where its table finds them, once for the same', async () => {
    service.answers = succeeding;
    const persons = new Map([
      ["it's", 'a'],
      ['b', 'a'],
    ]);

    await warehouse.query(question({ persons }));
    await warehouse.query(question({ persons: new Map([...persons].reverse()) }));

    const [[key = '', body] = []] = [...stored];
    expect(stored.size).toBe(1);
    expect(key).toMatch(/^events\/7\/persons\/[0-9a-f]{32}\/persons\.ndjson\.gz$/);
    expect(gunzipSync(body ?? '').toString()).toBe(
      '{"id":"b","person":"a"}\n{"id":"it\'s","person":"a"}\n',
    );
    const last = service.asked.findLast(({ action }) => action === 'StartQueryExecution');
    expect(last?.body.QueryString).toContain(`p.version = '${key.split('/')[3]}'`);
  });

  const failing = (StateChangeReason: string) => ({
    ...succeeding,
    StartQueryExecution: ({ QueryString }: Json) => ({
      QueryExecutionId: QueryString.startsWith('CREATE') ? 'table' : 'q',
    }),
    GetQueryExecution: ({ QueryExecutionId }: Json) => ({
      QueryExecution: {
        Status:
          QueryExecutionId === 'table'
            ? { State: 'SUCCEEDED' }
            : { State: 'FAILED', StateChangeReason },
      },
    }),
  });

  it('says so when an object was gone', async () => {
    service.answers = failing('HIVE_CANNOT_OPEN_SPLIT: NoSuchKey');

    expect(await warehouse.query(question())).toBeUndefined();
  });

  it.each([
    ['a statement that fails', failing('SYNTAX_ERROR: line 1 of secrets'), 'internal'],
    [
      'a service that is busy',
      { StartQueryExecution: () => ({ __type: 'TooManyRequestsException' }) },
      'unavailable',
    ],
  ])('turns %s into a failure that shows nothing of it', async (_, answers, code) => {
    service.answers = answers;

    const asked = warehouse.query(question());

    await expect(asked).rejects.toMatchObject({
      code,
      message: expect.not.stringMatching('secret'),
    });
  });

  it('stops what takes too long', async () => {
    service.answers = {
      ...failing(''),
      GetQueryExecution: ({ QueryExecutionId }: Json) => ({
        QueryExecution: {
          Status: { State: QueryExecutionId === 'table' ? 'SUCCEEDED' : 'RUNNING' },
        },
      }),
    };

    const asked = warehouse.query(question());

    await expect(asked).rejects.toMatchObject({ reason: 'query_too_slow' });
    expect(service.asked.at(-1)).toMatchObject({
      ...{ action: 'StopQueryExecution', body: { QueryExecutionId: 'q' } },
    });
  });

  it('refuses a statement that is too long for the service', async () => {
    service.answers = succeeding;
    const select = `SELECT '${'x'.repeat(300_000)}' AS long`;

    const asked = warehouse.query(question({ statement: () => ({ named: [], select }) }));

    await expect(asked).rejects.toMatchObject({ reason: 'query_too_large' });
  });
});

describe('its dialect', () => {
  it('takes any key for a member', () => {
    expect(athenaDialect.member('p', `a"b\\c'd`)).toContain(`'$["a\\"b\\\\c''d"]'`);
  });

  it('knows no regular expressions of others, which may take for ever', () => {
    expect(athenaDialect.finds).toBeUndefined();
  });
});
