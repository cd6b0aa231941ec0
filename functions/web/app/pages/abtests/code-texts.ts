import { inPython, inScript, pythonDict, scriptObject } from './code-quotes.ts';

export const LANGUAGES = ['Browser', 'Node', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What of a flag its code depends on. */
export interface FlagAsked {
  readonly flag: string;
  /** Keys of its variants; none: it is only on or off. */
  readonly variants: readonly string[];
  /** Properties of persons that its conditions look at, each with an example. */
  readonly properties?: readonly (readonly [name: string, value: string])[];
  /** What is counted, where a test is about it. */
  readonly event?: string;
}

export interface CodeAsked extends FlagAsked {
  readonly host: string;
  readonly token: string;
}

/** A branch for each variant; who is in none gets the last. */
function scriptBranches(variants: readonly string[]): string {
  const branches = variants.map((key) => `if (variant === ${inScript(key)}) {\n  // …\n}`);
  return `${branches.join(' else ')} else {\n  // Not for this person.\n}`;
}

const pythonBranches = (variants: readonly string[]): string =>
  [
    ...variants.map(
      (key, at) => `${at === 0 ? 'if' : 'elif'} variant == ${inPython(key)}:\n    pass  # …`,
    ),
    'else:\n    pass  # Not for this person.',
  ].join('\n');

const indented = (code: string): string => code.replaceAll(/^(?=.)/gm, '  ');
const lines = (...parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join('\n');

const isSwitch = ({ variants }: FlagAsked): boolean => variants.length === 0;

function browser(asked: CodeAsked): string {
  const { host, token, flag, variants, properties = [], event } = asked;
  const called = isSwitch(asked)
    ? `if (posthog.isFeatureEnabled(${inScript(flag)})) {\n  // …\n}`
    : `const variant = posthog.getFeatureFlag(${inScript(flag)});\n${scriptBranches(variants)}`;
  return lines(
    `// npm install posthog-js\nimport posthog from 'posthog-js';\n`,
    `posthog.init(${inScript(token)}, { api_host: ${inScript(host)} });`,
    properties.length > 0 &&
      `posthog.setPersonPropertiesForFlags(${scriptObject(properties)}); // what its conditions look at`,
    'posthog.onFeatureFlags(() => {',
    event !== undefined && '  // Asking for the flag reports who takes part.',
    `${indented(called)}\n});`,
    event !== undefined && `posthog.capture(${inScript(event)}, { amount: 42 });`,
  );
}

/** The question of a program for servers, with what decides about the person. */
function nodeCall(asked: FlagAsked, members: readonly string[]): string {
  const { flag, variants, properties = [] } = asked;
  const all = [
    ...(properties.length > 0 ? [`personProperties: ${scriptObject(properties)}`] : []),
    ...members,
  ];
  const options = all.length > 0 ? `, {\n${all.map((each) => `  ${each},\n`).join('')}}` : '';
  const by = `(${inScript(flag)}, userId${options})`;
  return isSwitch(asked)
    ? `if (await posthog.isFeatureEnabled${by}) {\n  // …\n}`
    : `const variant = await posthog.getFeatureFlag${by};\n${scriptBranches(variants)}`;
}

function node(asked: CodeAsked): string {
  const { host, token, event } = asked;
  return lines(
    `// npm install posthog-node\nimport { PostHog } from 'posthog-node';\n`,
    `const posthog = new PostHog(${inScript(token)}, { host: ${inScript(host)} });`,
    event !== undefined && '// Asking for the flag reports who takes part.',
    nodeCall(asked, []),
    event !== undefined &&
      `posthog.capture({ distinctId: userId, event: ${inScript(event)}, properties: { amount: 42 } });`,
    'await posthog.shutdown();',
  );
}

function python(asked: CodeAsked): string {
  const { host, token, flag, variants, properties = [], event } = asked;
  const given = properties.length > 0 ? `, person_properties=${pythonDict(properties)}` : '';
  const by = `(${inPython(flag)}, user_id${given})`;
  return lines(
    '# pip install posthog\nfrom posthog import Posthog\n',
    `posthog = Posthog(${inPython(token)}, host=${inPython(host)})`,
    event !== undefined && '# Asking for the flag reports who takes part.',
    isSwitch(asked)
      ? `if posthog.feature_enabled${by}:\n    pass  # …`
      : `variant = posthog.get_feature_flag${by}\n${pythonBranches(variants)}`,
    event !== undefined &&
      `posthog.capture(${inPython(event)}, distinct_id=user_id, properties={"amount": 42})`,
    'posthog.shutdown()',
  );
}

const CODE: Readonly<Record<Language, (asked: CodeAsked) => string>> = {
  Browser: browser,
  Node: node,
  Python: python,
};

/** What a program does to ask for a flag and to report what happened. */
export const clientCode = (language: Language, asked: CodeAsked): string => CODE[language](asked);

/** A server that decides by itself, without a call for each person. */
export const localCode = (asked: CodeAsked): string =>
  lines(
    `import { PostHog } from 'posthog-node';\n`,
    `const posthog = new PostHog(${inScript(asked.token)}, {`,
    `  host: ${inScript(asked.host)},`,
    '  personalApiKey: process.env.PERSONAL_API_KEY, // phx_…\n});',
    nodeCall(asked, ['onlyEvaluateLocally: true']),
  );
