import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseTaskSignatures } from '#domain/workflows/index.ts';
import type { Actor, Context } from '#kernel/context.ts';

const as = (actor: Actor) => ({ actor }) as Context;
const alice = as({ kind: 'user', userId: 1, username: 'alice', memberships: new Map() });

const refusal = (code: string) =>
  analyseTaskSignatures(alice, code).then(
    () => 'accepted',
    (error) => `${error.code} ${error.reason}`,
  );

const LIMIT = 262_144;
const filled = (part: string, head = '', tail = ''): string =>
  (head + part.repeat(LIMIT)).slice(0, LIMIT - tail.length) + tail;

const task = (type: string): string =>
  `from dioptra import pyplugs\n@pyplugs.register\ndef f(a: ${type}): pass\n`;

/** Made to overflow a stack, to take long, or to be read otherwise than it is shown. */
const hostile: readonly (readonly [title: string, code: string])[] = [
  ['a megabyte', 'x = 1\n'.repeat(175_000)],
  ['100,000 open parentheses', '('.repeat(100_000)],
  ['100,000 nested parentheses', '('.repeat(100_000) + ')'.repeat(100_000)],
  ['nested lists', `x = ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['a ladder of signs', filled('-', 'x = ', '1')],
  ['a ladder of words', filled('not ', 'x = ', 'x')],
  ['nested blocks', Array.from({ length: 700 }, (_, n) => `${' '.repeat(n)}if x:\n`).join('')],
  ['nested literals', filled('f"{')],
  ['a ladder of terms', filled('1+', 'x = ', '1')],
  ['a long path', filled('.b', 'a')],
  ['a long decorator', `@a${'.b'.repeat(50_000)}\ndef f(): pass\n`],
  ['a long union as a type', `def f(a: ${'A | '.repeat(2_000)}B): pass`],
  ['a long tuple as a type', task(`T[${'a,'.repeat(100_000)}]`)],
  ['a tuple as a type that is just not too long', task(`T[${'a,'.repeat(16_000)}]`)],
  ['a number of 250,000 digits as a type', task(`T[${'9'.repeat(250_000)}]`)],
  ['a name of 200,000 letters as a type', task('a'.repeat(200_000))],
  ['a literal of 200,000 spaces as a type', task(`"${' '.repeat(200_000)}x"`)],
  ['many comparisons as a type', task(filled('a<', '', 'a').slice(-32_001))],
  ['many computed literals', task(`f"#${'{a}'.repeat(80_000)}"`)],
  ['many statements', 'x = 1\n'.repeat(43_000)],
  ['an open string', filled('"')],
  ['nothing of Python', filled('?')],
  ['a NUL', 'x = "\0"'],
  ['a NUL in a comment', '# \0'],
  ['half of a surrogate pair', 'x = "\ud800"'],
];

/** Long, and right. */
const long: readonly (readonly [title: string, code: string])[] = [
  ['statements', 'x = 1\n'.repeat(8_000)],
  ['a long comment', filled(`${'#'.repeat(79)}\n`)],
  ['a long text', filled('a'.repeat(79).concat('\n'), '"""', '"""')],
  ['a sum of 300', `x = ${'1 + '.repeat(300)}1`],
  ['many parameters', `def f(${'a=1, '.repeat(6_000)}a=1): pass`],
];

/** Of CPU, all threads of the process counted; a quiet machine needs a quarter of it. */
const SOON_MS = 600;

function cpuMeter(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

describe('the signature analysis', () => {
  it('is for users', async () => {
    await expect(analyseTaskSignatures(as({ kind: 'anonymous' }), '')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('tells the tasks of a file', async () => {
    const code = [
      'from dioptra import pyplugs as p',
      '@p.register()',
      'def train(data: "np.ndarray", rate: float = 0.1, *, model) -> tuple[int, str]: ...',
    ].join('\n');

    expect(await analyseTaskSignatures(alice, code)).toEqual([
      {
        name: 'train',
        inputs: [
          { name: 'data', type: 'np_ndarray', required: true },
          { name: 'rate', type: 'number', required: false },
          { name: 'model', type: 'type1', required: true },
        ],
        outputs: [{ name: 'output', type: 'tuple_int_str' }],
        missingTypes: [
          { name: 'np_ndarray', description: "'np.ndarray'" },
          { name: 'tuple_int_str', description: 'tuple[int, str]' },
        ],
      },
    ]);
  });

  it.each(hostile)('refuses %s, soon', async (_, code) => {
    const cpu = cpuMeter();

    expect(await refusal(code)).toBe('invalid invalid_python');
    expect(cpu()).toBeLessThan(SOON_MS);
  });

  it.each(long)('reads %s, soon', async (_, code) => {
    const cpu = cpuMeter();

    expect(await refusal(code)).toBe('accepted');
    expect(cpu()).toBeLessThan(SOON_MS);
  });

  it('takes names of objects for names like any others', async () => {
    const code =
      'import constructor, __proto__ as p, toString\n@p.register\ndef __proto__(): pass\n';

    expect(await analyseTaskSignatures(alice, code)).toEqual([]);
  });

  it('answers or refuses whatever it is given', async () => {
    const words = [
      'def ',
      'f',
      '(',
      ')',
      ':',
      '\n',
      '  ',
      '@',
      'import dioptra.pyplugs\n',
      'a',
      ',',
      '=',
      '1',
      '"',
      "'",
      '[',
      ']',
      '*',
      '/',
      '->',
      '.',
      'lambda ',
      '\\',
      '#',
      'é',
      '\t',
      'f"{',
      '}',
      ';',
    ];
    const code = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(code, async (text) => {
        expect(['accepted', 'invalid invalid_python']).toContain(await refusal(text));
      }),
    );
  });
});
