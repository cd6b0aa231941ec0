/** What masks do, whatever they and the values are: compared with a plain reference, and property by property. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceMask, referenceShown, Unreadable } from './mask-reference.ts';
import {
  fieldName,
  type Outcome,
  ours,
  plainValue,
  sampleMask,
  sampleTree,
  sampleValue,
  scrap,
  written,
} from './mask-samples.ts';

function reference(text: string, value: unknown): Outcome {
  try {
    const mask = referenceMask(text);
    return { json: JSON.stringify(mask === undefined ? value : referenceShown(mask, value)) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { refused: `Mask parse error: ${error.message}` };
  }
}

const shown = (text: string, value: unknown): unknown => {
  const outcome = ours(text, value);
  if ('refused' in outcome) throw new Error(`${text}: ${outcome.refused}`);
  return JSON.parse(outcome.json);
};

/** What a header can hold. */
const noise = fc.string({ unit: fc.constantFrom(...' \t"#$%&().;<=>?@[]^`|~éß¼'), maxLength: 3 });

const run = { numRuns: 1_000 };

describe('a mask', () => {
  it('reads and shows as the reference does', () => {
    fc.assert(
      fc.property(fc.oneof(sampleMask, scrap), sampleValue, (text, given) => {
        expect(ours(text, given)).toEqual(reference(text, given));
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows what it names, in its order, and nothing else', () => {
    fc.assert(
      fc.property(sampleTree, fc.dictionary(fieldName, sampleValue), (fields, given) => {
        const keys = Object.keys(Object(shown(written(fields), given)));

        const named = fields.map(([field]) => field).filter((field) => field !== '*');
        const rest = Object.keys(given).filter((key) => !named.includes(key));
        const hasStar = fields.some(([field]) => field === '*');
        expect(keys).toEqual(hasStar ? [...named, ...rest] : named);
      }),
      run,
    );
  });

  it('shows null for what it names and is missing, or null, with whatever mask of its own', () => {
    fc.assert(
      fc.property(sampleTree, (inner) => {
        const text = `gone{${written(inner)}},none{${written(inner)}},absent`;

        expect(shown(text, { none: null })).toEqual({ gone: null, none: null, absent: null });
      }),
      run,
    );
  });

  it('changes nothing as a star, and leaves scalars as they are', () => {
    fc.assert(
      fc.property(sampleMask, sampleValue, plainValue, (text, given, scalar) => {
        expect(ours('*', given)).toEqual({ json: JSON.stringify(given) });
        expect(ours(text, scalar)).toEqual({ json: JSON.stringify(scalar) });
        expect(shown(`a{${text}}`, { a: scalar })).toEqual({ a: scalar });
      }),
      run,
    );
  });

  it('shows of a list what it shows of each element, also below a name', () => {
    fc.assert(
      fc.property(sampleMask, fc.array(sampleValue, { maxLength: 4 }), (text, list) => {
        const each = list.map((item) => shown(text, item));

        expect(shown(text, list)).toEqual(each);
        expect(shown(`a{${text}}`, { a: list, b: 1 })).toEqual({ a: each });
      }),
      run,
    );
  });

  it('shows the same when it is applied twice', () => {
    fc.assert(
      fc.property(fc.oneof(sampleMask, scrap), sampleValue, (text, given) => {
        const once = ours(text, given);
        if ('refused' in once) return;

        expect(ours(text, JSON.parse(once.json))).toEqual(once);
      }),
      run,
    );
  });

  it('is the same with brackets around it, and with what is no part of it in between', () => {
    fc.assert(
      fc.property(sampleTree, sampleValue, fc.infiniteStream(noise), (fields, given, between) => {
        const next = () => between.next().value ?? '';
        const text = written(fields);
        const parted = text.replaceAll(/[{},]/g, (sign) => ` ${sign} `);
        // Letters of any language belong to names.
        const noisy = parted.replaceAll(' ', () => next().replaceAll(/[\p{L}\p{N}]/gu, ' '));

        expect(ours(noisy, given)).toEqual(ours(text, given));
        expect(ours(`{${noisy}}`, given)).toEqual(ours(text, given));
        expect(ours(`  {${text}}\t`, given)).toEqual(ours(text, given));
      }),
      run,
    );
  });

  it('with one bracket or comma too many or too few is refused, or read as the reference does', () => {
    fc.assert(
      fc.property(
        sampleMask,
        fc.nat(),
        fc.constantFrom('{', '}', ',', ''),
        sampleValue,
        (text, at, sign, given) => {
          const place = at % (text.length + 1);
          const broken = text.slice(0, place) + sign + text.slice(sign === '' ? place + 1 : place);

          expect(ours(broken, given)).toEqual(reference(broken, given));
        },
      ),
      run,
    );
  });

  it('is answered at once, however long and odd it is', () => {
    const unit = fc.constantFrom(
      '{',
      '}',
      ',',
      'a{',
      'a,',
      '*',
      '{}',
      'a{}',
      'aa',
      ' ',
      '\u0301',
      'é{',
    );
    const rows = Array.from({ length: 50 }, () => ({ a: { a: [1, { a: 2 }] }, b: [[[{ a: 1 }]]] }));
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 3, minLength: 1 }),
        fc.nat(6_000),
        (units, length) => {
          const text = units.join('').repeat(length).slice(0, length);
          const since = performance.now();

          ours(text, rows);

          expect(performance.now() - since).toBeLessThan(500);
        },
      ),
      { numRuns: 200 },
    );
  });
});
