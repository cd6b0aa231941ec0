import { describe, expect, it } from 'vitest';
import { drawnText, layersOf } from '../../../functions/web/app/ui/step-layout.ts';

const drawing = (yaml: string) => {
  const drawn = drawnText(yaml);
  if (drawn.kind !== 'drawing') throw new Error(`Drawn as ${drawn.kind}.`);
  return drawn;
};

const SAMPLE = `
digits: { load_digits: { seed: $seed } }
model: { train: { digits: $digits } }
attack: { strike: { model: $model, digits: [{ deep: $digits }] } }
report: { tell: $attack.table }
tidy: { task: sweep, dependencies: [report, attack] }
`;

describe('what is drawn of a task graph', () => {
  it('puts each step below all that it refers to or names as a dependency', () => {
    const { steps, cycle } = drawing(SAMPLE);
    const row = new Map(steps.map(({ name, y }) => [name, y]));
    expect(steps.map(({ name, task, after }) => [name, task, after])).toEqual([
      ['digits', 'load_digits', []],
      ['model', 'train', ['digits']],
      ['attack', 'strike', ['model', 'digits']],
      ['report', 'tell', ['attack']],
      ['tidy', 'sweep', ['attack', 'report'].reverse()],
    ]);
    for (const { name, after } of steps) {
      for (const earlier of after) expect(row.get(name)).toBeGreaterThan(row.get(earlier) ?? 0);
    }
    expect(cycle).toBeUndefined();
  });

  it('lets no two steps lie on each other', () => {
    const { steps, width, height } = drawing(`
a: { f: 1 }
b: { f: 1 }
c: { f: [$a, $b] }
d: { f: $a }
e: { f: $b }
`);
    expect(new Set(steps.map(({ x, y }) => `${x},${y}`)).size).toBe(5);
    for (const { x, y } of steps) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThan(width);
      expect(y).toBeLessThan(height);
    }
  });

  it('names the steps of a cycle and still draws them all', () => {
    const { steps, cycle } = drawing('a: { f: $b }\nb: { f: $a }\nc: { f: 1 }\nd: { f: $a }');
    expect(cycle).toEqual(['b', 'a', 'b']);
    expect(new Set(steps.map(({ x, y }) => `${x},${y}`)).size).toBe(4);
  });

  it('shows what a swap chooses from', () => {
    const [step] = drawing('a: { ?kind: { ?outputs: [o], x: { fgm: {} }, y: { pgd: {} } } }').steps;
    expect(step?.task).toBe('fgm or pgd');
  });

  it('says where a text is no graph', () => {
    expect(drawnText('')).toEqual({ kind: 'empty' });
    expect(drawnText('a: { f: 1 }\nb: [')).toMatchObject({ kind: 'wrong', line: 2 });
    expect(drawnText('just words')).toMatchObject({ kind: 'wrong' });
  });

  it('gives up soon on texts that would take long', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*b${n - 1}, *b${n - 1}]`);
    const bomb = ['b-1: &b-1 [x, x]', ...levels].join('\n').replaceAll('b-1', 'z');
    const many = Array.from({ length: 10_000 }, (_, n) => `s${n}: { f: 1 }`).join('\n');
    const deep = `a: ${'['.repeat(50_000)}`;
    const began = performance.now();
    for (const text of [bomb, many, deep]) expect(drawnText(text).kind).toBe('wrong');
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('lists what is too large to be drawn', () => {
    const long = Array.from({ length: 500 }, (_, n) => `s${n}: { f: $s${n - 1} }`).join('\n');
    const drawn = drawnText(long);
    expect(drawn.kind === 'large' && drawn.steps.length).toBe(500);
  });

  it('measures long ways only once', () => {
    const needs = new Map(
      Array.from({ length: 2_000 }, (_, n) => [
        `s${n}`,
        Array.from({ length: Math.min(n, 20) }, (_, back) => `s${n - 1 - back}`),
      ]),
    );
    expect(layersOf(needs).get('s1999')).toBe(1999);
  });
});
