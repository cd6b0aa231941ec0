import { describe, expect, test } from 'vitest';
import { apiError } from '../../../../functions/web/app/data/api-error.ts';
import { meantKey } from '../../../../functions/web/app/pages/experiments/runs/bare-key.ts';

const refused = (message: string, at: number) =>
  apiError(new Response(null, { status: 400 }), { message, error_position: at });

describe('a filter with a name alone', () => {
  test.each([
    ['accuracy > 0.1', 0, 'metrics.accuracy'],
    ['metrics.loss < 1 AND accuracy = 1', 21, 'metrics.accuracy'],
    ["optimizer = 'adam'", 0, 'params.optimizer'],
    ["optimizer ILIKE 'a%'", 0, 'params.optimizer'],
    ["optimizer IN ('a', 'b')", 0, 'params.optimizer'],
  ])('%s', (filter, at, meant) => {
    expect(meantKey(filter, refused("Invalid attribute key 'x' specified.", at))).toBe(meant);
  });

  test('says nothing of other mistakes', () => {
    expect(meantKey('a ==', refused('Unexpected end', 3))).toBeUndefined();
    expect(meantKey('attributes.x > 1', refused('Invalid attribute key', 11))).toBeUndefined();
    expect(meantKey('attributes.x > 1', refused("Invalid attribute key 'x'", 0))).toBeUndefined();
    expect(meantKey('a > 1', new TypeError('Invalid attribute key'))).toBeUndefined();
  });
});
