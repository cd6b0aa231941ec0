import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ArtifactUri } from '#domain/artifacts/index.ts';
import { signIn } from '#entry/authenticate.ts';
import { line, text, verbatim } from '#kernel/strings.ts';
import { Username } from '#surfaces/dioptra/identity/bodies.ts';
import { NewMetricValue } from '#surfaces/dioptra/jobs/wire.ts';
import { dioptraRoutes } from '#surfaces/dioptra/parts.ts';

const routes = await dioptraRoutes(signIn);
const partOf = (operationId: string, part: 'query' | 'body', name: string): z.ZodType => {
  const schema = routes.find((route) => route.operationId === operationId)?.[part];
  return (schema as z.ZodObject).shape[name] as z.ZodType;
};

/** What has a pattern in the document, and characters that such texts are made of. */
const TEXTS: readonly (readonly [string, z.ZodType, string])[] = [
  ['text of one line', line({ max: 50 }), 'a \n\t\u0085\u200b\ufeff'],
  ['text', text({ max: 50 }), 'a\n\r\t\u0000\u0085\u200b'],
  ['exact text', verbatim({ max: 50 }), 'a\u0000\u0001'],
  ['username', Username, 'job-1: \n\u00a0ä'],
  ['metric', NewMetricValue, '+-.0eEnaNINfFiTyx'],
  ['run id', partOf('setJobRun', 'body', 'mlflowRunId'), '0aF-g'],
  ['types of outputs', partOf('listArtifacts', 'query', 'outputParams'), '07, \t-'],
  ['artifact URI', ArtifactUri, 's3:/file.[]?#\\x'],
];

/** The parts of a schema that tell which texts it takes, as the document has them. */
function told(schema: z.ZodType): { pattern: RegExp; min: number; max: number } {
  const json = z.toJSONSchema(schema, { io: 'input' });
  const some = json.anyOf?.find((each) => each.type === 'string') ?? json;
  if (typeof some.pattern !== 'string') throw new Error('The schema tells no pattern.');
  const { pattern, minLength = 0, maxLength = Number.MAX_SAFE_INTEGER } = some;
  return { pattern: new RegExp(pattern), min: minLength, max: maxLength };
}

describe('what the document tells of a text is what is taken', () => {
  it.each(TEXTS)('%s', (_, schema, characters) => {
    const { pattern, min, max } = told(schema);
    // The generator knows no lookahead; what it then makes too much of is refused, which counts, too.
    const valid = fc.stringMatching(new RegExp(pattern.source.replaceAll(/\(\?![^)]*\)/g, '')));
    const changed = fc
      .tuple(valid, fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...characters))
      .map(([whole, at, cut, put]) => {
        const start = at % (whole.length + 1);
        return whole.slice(0, start) + put + whole.slice(start + cut);
      });
    const made = fc.string({ unit: fc.constantFrom(...characters), maxLength: 40 });
    const seen = { taken: 0, refused: 0 };

    fc.assert(
      fc.property(fc.oneof(valid, changed, made, fc.string({ unit: 'binary' })), (value) => {
        const length = [...value].length;
        const isValid = pattern.test(value) && length >= min && length <= max;
        const { success } = schema.safeParse(value);
        seen[success ? 'taken' : 'refused'] += 1;
        return success === isValid;
      }),
      { numRuns: 1_000 },
    );

    expect(seen.taken).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(50);
  });
});
