/** Every string of every body, as the schemas name them, and every length that they allow. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { signIn } from '#entry/authenticate.ts';
import { dioptraRoutes } from '#surfaces/dioptra/parts.ts';
import { type Answer, type Json, testApp } from '../../support/app.ts';
import { dioptraFixtures } from '../common/dioptra-fixtures.ts';
import { withValue } from '../common/fixture.ts';
import { callerOf, callOf, type Row, type Stage, send } from '../common/stage.ts';
import { newWorld } from '../common/world.ts';

const HOSTILE = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00x',
  '\u202Egnp.exe',
  'a\u200Bb',
  '\uFEFFx',
  'e\u0301',
  '\u00e9',
  '😀'.repeat(50),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00',
  "'; DROP TABLE",
  '\r\nSet-Cookie: a=b',
  'NaN',
  '1e400',
  'x'.repeat(1024 * 1024),
];
const TOO_LONG = /Longer than maximum length|Too big/;
/** What a rule may answer to a text that its schema takes. */
const REFUSED = [400, 401, 403, 404, 409, 413, 422];
/** Many wrong passwords make whoever sends them wait. */
const refusalsOf = (path: string) => (/password/i.test(path) ? [...REFUSED, 429] : REFUSED);

const stage = { matrix: { base: '/api/v1' } } as unknown as Stage;
beforeAll(async () => {
  stage.app = testApp();
  stage.mine = await newWorld(stage.app);
});
afterAll(async () => {
  expect(stage.app.errors).toEqual([]);
  await stage.app.close();
});

const rows: readonly Row[] = (await dioptraRoutes(signIn)).flatMap((route) => {
  const fixture = dioptraFixtures[route.operationId] ?? {};
  return route.body === undefined || fixture.body === undefined ? [] : [{ ...route, fixture }];
});

/** Paths of the strings in a value. */
function stringsIn(value: Json, path: readonly string[] = []): string[] {
  if (typeof value === 'string') return [path.join('.')];
  if (typeof value !== 'object' || value === null || value instanceof File) return [];
  if (value instanceof FormData)
    return [...value].flatMap(([name, inner]) => stringsIn(inner, [name]));
  return Object.entries(value).flatMap(([name, inner]) => stringsIn(inner, [...path, name]));
}

const schemaOf = ({ body }: Row): Json =>
  z.toJSONSchema(body ?? z.never(), { io: 'input', unrepresentable: 'any' });

/** Optional strings that the valid call leaves out: texts of the body's first level. */
const otherStrings = (row: Row, body: Json): string[] =>
  Object.entries<Json>(schemaOf(row).properties ?? {}).flatMap(([name, schema]) => {
    const kinds: readonly Json[] = schema.anyOf ?? [schema];
    const isString = kinds.some(({ type }) => type === 'string');
    const isGiven = body instanceof FormData ? body.has(name) : Object.hasOwn(body, name);
    return isString && !isGiven ? [name] : [];
  });

const valueAt = (value: Json, path: string): Json =>
  path.split('.').reduce((inner, name) => inner?.[name], value);

/** A text that was taken must come back as it was, where the answer has a field of that name. */
function expectExact(answer: Answer, path: string, text: string): void {
  const shown = valueAt(answer.body, path);
  if (typeof shown === 'string' && !/^(password|token)$/i.test(path)) expect(shown).toBe(text);
}

async function sendWith(row: Row, path: string, text: string): Promise<Answer> {
  const call = await callOf(stage, row);
  const caller = await callerOf(stage, row);
  return send(caller, { ...call, body: withValue(call.body, path, text) });
}

const pathsOf = async (row: Row): Promise<readonly string[]> => {
  const { body } = await callOf(stage, row);
  return [...stringsIn(body), ...otherStrings(row, body)];
};

describe.each(rows)('$method $path', (row) => {
  it('stores each string of its body exactly, or refuses it', { timeout: 60_000 }, async () => {
    for (const path of await pathsOf(row)) {
      for (const text of HOSTILE) {
        const answer = await sendWith(row, path, text);

        const shown = `${path} ${JSON.stringify(text.slice(0, 20))} ${answer.status}`;
        if (answer.status === 200) expectExact(answer, path, text);
        else expect(refusalsOf(path), shown).toContain(answer.status);
      }
    }
  });

  it('holds every length to its bound', async () => {
    const { properties = {} } = schemaOf(row);
    for (const [name, schema] of Object.entries<Json>(properties)) {
      const kinds: readonly Json[] = schema.anyOf ?? [schema];
      const bound = kinds.find(({ maxLength }) => maxLength !== undefined)?.maxLength;
      if (bound === undefined || bound > 100_000) continue;
      const problems = async (length: number) =>
        JSON.stringify((await sendWith(row, name, 'x'.repeat(length))).body ?? {});

      expect(await problems(bound)).not.toMatch(TOO_LONG);
      expect(await problems(bound + 1)).toMatch(TOO_LONG);
    }
  });
});
