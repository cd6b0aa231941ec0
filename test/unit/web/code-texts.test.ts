import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  inPython,
  inScript,
  inShell,
  scriptObject,
  shownJson,
} from '../../../functions/web/app/pages/abtests/code-quotes.ts';
import {
  type CodeAsked,
  clientCode,
  LANGUAGES,
  localCode,
} from '../../../functions/web/app/pages/abtests/code-texts.ts';
import { askedProperties } from '../../../functions/web/app/pages/flags/asked-properties.ts';

const HOSTILE = "it's\\'); drop()\n//\u2028\u202e🏴\u{e0067}";
const asked: CodeAsked = { host: 'http://h', token: 'phc_1', flag: 'banner', variants: [] };
const evaluated = (code: string): unknown => new Function(`return ${code};`)();
const all = (of: CodeAsked): readonly string[] => [
  ...LANGUAGES.map((language) => clientCode(language, of)),
  localCode(of),
];

describe('code that asks for a flag', () => {
  test('asks whether it is on, where it has no variants', () => {
    const [browser, node, python, local] = all(asked);
    expect(browser).toContain("if (posthog.isFeatureEnabled('banner')) {");
    expect(node).toContain("if (await posthog.isFeatureEnabled('banner', userId)) {");
    expect(python).toContain("if posthog.feature_enabled('banner', user_id):");
    expect(local).toContain('onlyEvaluateLocally: true');
    for (const code of all(asked)) {
      expect(code).not.toMatch(/getFeatureFlag|get_feature_flag|purchase|ropert/);
    }
  });

  test('has a branch for each of its variants', () => {
    for (const code of all({ ...asked, variants: ['red', 'blue'] })) {
      expect(code).toMatch(/variant ===? 'red'.*variant ===? 'blue'.*else/s);
      expect(code).not.toMatch(/'test'|nabled\(/);
    }
  });

  test('gives the properties that its conditions look at', () => {
    const [browser, node, python, local] = all({ ...asked, properties: [['country', 'DE']] });
    expect(browser).toContain("setPersonPropertiesForFlags({ country: 'DE' })");
    expect(node).toContain("personProperties: { country: 'DE' },");
    expect(python).toContain("person_properties={'country': 'DE'}");
    expect(local).toContain("personProperties: { country: 'DE' },");
  });

  test('reports what a test counts', () => {
    for (const language of LANGUAGES) {
      expect(clientCode(language, { ...asked, event: 'purchase' })).toContain("'purchase'");
    }
  });

  test('is code whatever names hold', () => {
    const hostile: CodeAsked = {
      host: 'http://h',
      token: HOSTILE,
      flag: HOSTILE,
      variants: [HOSTILE, '*/'],
      properties: [[HOSTILE, HOSTILE]],
      event: HOSTILE,
    };
    const [browser = '', node = '', python = '', local = ''] = all(hostile);
    for (const code of [browser, node, local]) {
      const body = code.replace(/^import .*$/m, '');
      expect(() => new Function(`async () => {${body}\n}`)).not.toThrow();
    }
    expect(python).not.toMatch(/[\u2028\u202e]|^\/\//m);
  });
});

describe('texts in code', () => {
  test('are what they were in a script', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        expect(evaluated(`[${texts.map(inScript).join()}]`)).toEqual(texts);
      }),
    );
    expect(evaluated(inScript(HOSTILE))).toBe(HOSTILE);
  });

  test('show what is hidden, in Python and JSON, too', () => {
    const text = "\\'\n\u202e\u{e0067}";
    expect(inPython(text)).toBe("'\\\\\\'\\u000a\\u202e\\U000e0067'");
    expect(shownJson(text)).toBe(`"\\\\'\\n\\u202e\\udb40\\udc67"`);
    expect(JSON.parse(shownJson(HOSTILE))).toBe(HOSTILE);
  });

  test('are one word of a shell', () => {
    expect(inShell("it's $(x)")).toBe("'it'\\''s $(x)'");
  });

  test('are members of an object as such', () => {
    const code = scriptObject([
      ['__proto__', 'a'],
      ['a-b', 'c'],
    ]);
    expect(Object.entries(Object(evaluated(code)))).toEqual([
      ['__proto__', 'a'],
      ['a-b', 'c'],
    ]);
  });
});

test('properties are those of persons that conditions look at, each once', () => {
  const groups = [
    {
      properties: [
        { key: 'country', operator: 'exact', value: ['DE', 'FR'], type: 'person' },
        { key: 'email', operator: 'icontains', value: '@example.org' },
        { key: 'id', operator: 'in', value: 3, type: 'cohort' },
      ],
    },
    { properties: [{ key: 'country', operator: 'is_not', value: 'US', type: 'person' }] },
    { properties: null },
  ];
  expect(askedProperties({ groups })).toEqual([
    ['country', 'DE'],
    ['email', '…'],
  ]);
  expect(askedProperties({})).toEqual([]);
});
