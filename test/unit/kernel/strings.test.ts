import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  experimentName,
  idParam,
  line,
  MAX_NAME,
  parameterName,
  pluginFileName,
  pluginName,
  pythonBoolean,
  queryInteger,
  resourceName,
  text,
  verbatim,
} from '#kernel/strings.ts';

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
const messageOf = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message;

const anyString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

describe('strings from outside', () => {
  const kinds = [
    ['verbatim', verbatim({ max: 20 })],
    ['text', text({ max: 20 })],
    ['line', line({ max: 20 })],
  ] as const;

  it.each(kinds)('%s keeps what it accepts exactly, and that can be stored', (_, schema) => {
    fc.assert(
      fc.property(anyString, (value) => {
        const result = schema.safeParse(value);
        if (!result.success) return;

        expect(result.data).toBe(value);
        expect(Buffer.from(value).toString()).toBe(value);
        expect(value).not.toContain('\0');
        expect([...value].length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(kinds)('%s accepts every printable text within its length', (_, schema) => {
    const printable = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(printable, (value) => {
        fc.pre([...value].length <= 20 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value));

        expect(accepts(schema, value)).toBe(true);
      }),
    );
  });

  it.each([
    ['plain', 'abc', true, true, true],
    ['NUL', 'a\0b', false, false, false],
    ['high surrogate alone', 'a\ud800', false, false, false],
    ['low surrogate first', '\udc00a', false, false, false],
    ['escape (ANSI)', 'a\x1b[0m', true, false, false],
    ['DEL', 'a\x7f', true, false, false],
    ['C1 control', 'a\x85', true, false, false],
    ['line ends and tab', 'a\r\n\tb', true, true, false],
    ['line separator', 'a\u2028b', true, true, false],
    ['direction override', 'a\u202eb', true, true, false],
    ['direction isolate', 'a\u2066b', true, true, false],
    ['zero-width space', 'a\u200bb', true, true, false],
    ['zero-width joiner', 'a\u200db', true, true, false],
    ['byte order mark', '\ufeffa', true, true, false],
    ['four-byte character', '😀', true, true, true],
    ['right-to-left letters', 'שלום', true, true, true],
    ['decomposed accent', 'e\u0301', true, true, true],
    ['__proto__', '__proto__', true, true, true],
  ])('%s', (_, value, inVerbatim, inText, inLine) => {
    expect(accepts(verbatim({ max: 9 }), value)).toBe(inVerbatim);
    expect(accepts(text({ max: 9 }), value)).toBe(inText);
    expect(accepts(line({ max: 9 }), value)).toBe(inLine);
  });

  it('counts code points, and both bounds are included', () => {
    const schema = line({ min: 2, max: 3 });

    expect(messageOf(schema, '😀')).toBe('Shorter than minimum length 2.');
    expect(accepts(schema, '😀😀')).toBe(true);
    expect(accepts(schema, '😀😀😀')).toBe(true);
    expect(messageOf(schema, '😀😀😀😀')).toBe('Longer than maximum length 3.');
    expect(messageOf(line({ min: 1, max: 3 }), '')).toBe('Must not be empty.');
  });

  it('names the character to remove', () => {
    expect(messageOf(line({ max: 9 }), 'a\u202eb')).toContain('U+202E');
    expect(messageOf(text({ max: 9 }), 'a\0b')).toContain('U+0000');
  });

  it('refuses what is no string', () => {
    for (const value of [1, null, undefined, true, [], {}]) {
      expect(messageOf(line({ max: 9 }), value)).toBe('Must be a string.');
    }
  });

  it('shows its limits in JSON Schema', () => {
    expect(z.toJSONSchema(text({ min: 1, max: 9 }))).toMatchObject({ minLength: 1, maxLength: 9 });
    expect(z.toJSONSchema(resourceName())).toMatchObject({ type: 'string', maxLength: MAX_NAME });
    expect(z.toJSONSchema(resourceName())).toHaveProperty('pattern');
  });
});

describe('names', () => {
  // The rules as the v1 contract states them; Python's \Z is $ here.
  const rules = [
    ['resource', resourceName(), /^(?! +$)[A-Za-z0-9_. -]+$/],
    ['plugin', pluginName(), /^(?:[A-Za-z]|[A-Za-z_][A-Za-z0-9_]+)$/],
    [
      'plugin file',
      pluginFileName(),
      /^(?!.*\/_)(?!_\/)([a-zA-Z][a-zA-Z0-9_]*\/)*[a-zA-Z_][a-zA-Z0-9_]*\.py$/,
    ],
    ['parameter', parameterName(), /^([A-Z]|[A-Z_][A-Z0-9_]+)$/i],
  ] as const;

  it.each(rules)('of a %s follow the rule of the contract', (_, schema, rule) => {
    const part = fc.constantFrom('a', 'Z', '0', '_', '.', ' ', '-', '/', '.py', '\n', 'é', 'K');
    const candidate = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          candidate,
          candidate.map((value) => `${value}.py`),
        ),
        (value) => {
          accepted += rule.test(value) ? 1 : 0;

          expect(accepts(schema, value)).toBe(rule.test(value));
        },
      ),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it.each([
    ['__init__.py', true],
    ['a/b/c.py', true],
    ['a/__init__.py', false],
    ['_a/b.py', false],
    ['/a.py', false],
    ['a//b.py', false],
    ['../a.py', false],
    ['a\\b.py', false],
    ['a.py\n', false],
    ['a.PY', false],
    ['.py', false],
  ])('plugin file %j: %s', (value, expected) => {
    expect(accepts(pluginFileName(), value)).toBe(expected);
  });

  it('have a longest length that is included', () => {
    for (const schema of [resourceName(), pluginName(), parameterName(), experimentName()]) {
      expect(accepts(schema, 'a'.repeat(MAX_NAME))).toBe(true);
      expect(accepts(schema, 'a'.repeat(MAX_NAME + 1))).toBe(false);
      expect(accepts(schema, '')).toBe(false);
    }
  });

  it('of experiments may hold what MLflow takes, but nothing invisible', () => {
    expect(accepts(experimentName(), '/Users/me@x.org/Größe 😀: 100 %')).toBe(true);
    expect(accepts(experimentName(), 'a\u202eb')).toBe(false);
  });

  it('are judged in linear time', () => {
    const evil = ['a/', 'a', '_', ' ', 'a_', '/_'].map((part) => `${part.repeat(500_000)}!`);

    const started = performance.now();
    for (const value of evil) {
      for (const [, schema, rule] of rules) {
        expect(accepts(schema, value)).toBe(false);
        // The length check would hide a slow pattern: the exported pattern itself is tried, too.
        const { pattern } = z.toJSONSchema(schema);
        expect(new RegExp(pattern ?? rule).test(value)).toBe(false);
      }
    }

    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('values of paths and queries', () => {
  it.each([
    ['1', 1],
    ['007', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', undefined],
    ['9007199254740993', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    ['0x1', undefined],
    [' 1', undefined],
    ['1\n', undefined],
    ['', undefined],
    ['١', undefined],
    ['1'.repeat(400), undefined],
  ])('id %j: %j', (segment, expected) => {
    expect(idParam(segment)).toBe(expected);
  });

  it.each([
    ['True', true],
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['on', true],
    ['False', false],
    ['0', false],
    ['yes', undefined],
    ['off', undefined],
    ['', undefined],
    ['2', undefined],
    [' true', undefined],
  ])('boolean %j: %j', (value, expected) => {
    expect(pythonBoolean().safeParse(value).data).toBe(expected);
    if (expected === undefined)
      expect(messageOf(pythonBoolean(), value)).toContain('true or false');
  });

  it.each([
    ['1', 1],
    ['1000', 1000],
    ['+5', 5],
    ['007', 7],
    ['0', 'Must be >= 1'],
    ['-0', 'Must be >= 1'],
    ['1001', 'Must be <= 1000'],
    ['9007199254740993', 'Not a valid integer: it is too large.'],
    ['1.5', 'Not a valid integer: use digits only.'],
    ['1e3', 'Not a valid integer: use digits only.'],
    ['', 'Not a valid integer: use digits only.'],
    ['NaN', 'Not a valid integer: use digits only.'],
    ['9'.repeat(400), 'Not a valid integer: use digits only.'],
  ])('integer %j: %j', (value, expected) => {
    const schema = queryInteger({ min: 1, max: 1000 });

    if (typeof expected === 'number') expect(schema.parse(value)).toBe(expected);
    else expect(messageOf(schema, value)).toBe(expected);
  });

  it('reads minus zero as zero, and has defaults', () => {
    const schema = queryInteger({ min: 0, max: 9 });

    expect(Object.is(schema.parse('-0'), 0)).toBe(true);
    expect(schema.default(4).parse(undefined)).toBe(4);
    expect(pythonBoolean().default(false).parse(undefined)).toBe(false);
  });
});
