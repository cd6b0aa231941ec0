/** What holds for the OpenAPI document of every dialect. */
import { type Config, createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '#entry/documents.ts';
import { type Json, type TestApp, testApp } from '../support/app.ts';
import { lintRules } from './lint-rules.ts';

let app: TestApp;
let config: Config;
beforeAll(async () => {
  app = testApp();
  config = await createConfig(lintRules);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const problemsOf = async (source: string): Promise<readonly string[]> => {
  const found = await lintFromString({ source, config, absoluteRef: '/openapi.json' });
  return found.map(
    ({ severity, ruleId, message, location }) =>
      `${severity} ${ruleId}: ${message} ${location[0]?.pointer ?? ''}`,
  );
};

const operationsOf = ({ paths }: Json): readonly Json[] =>
  Object.values(paths).flatMap((item) => Object.values(item as object));

describe.each(documents)('the document of $title', ({ path }) => {
  let text: string;
  let document: Json;
  beforeAll(async () => {
    ({ text, body: document } = await app.client().get(path));
  });

  it('passes a linter without a complaint, which complains of a worse one', async () => {
    const { info: _, ...rest } = document;

    expect(await problemsOf(text)).toEqual([]);
    expect((await problemsOf(JSON.stringify(rest))).join()).toContain('info');
  });

  it('is valid by a validator as well', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));

    expect([valid, errors]).toEqual([true, undefined]);
  });

  it('says of every operation what it is about, who may call it, and how it may fail', () => {
    const tags = document.tags.map(({ name }: Json) => name);

    expect(operationsOf(document).length).toBeGreaterThan(10);
    for (const { operationId, summary, description, tags: own, security } of operationsOf(
      document,
    )) {
      expect([operationId, typeof summary, typeof description]).toEqual([
        operationId,
        'string',
        'string',
      ]);
      expect(own).toEqual([tags.find((name: string) => name === own[0])]);
      expect(Array.isArray(security)).toBe(true);
    }
    expect(document.info.license).toMatchObject({ identifier: 'Apache-2.0' });
    expect(document.tags.every(({ description }: Json) => description.length > 5)).toBe(true);
  });

  it('is public, compressed where that is welcome, and sent once', async () => {
    const packed = await app.fetch(path, { headers: { 'accept-encoding': 'gzip' } });
    const tag = packed.headers.get('etag') ?? '';
    const again = await app.fetch(path, { headers: { 'if-none-match': tag } });

    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect((await packed.arrayBuffer()).byteLength).toBeLessThan(text.length / 5);
    expect(again.status).toBe(304);
  });
});
