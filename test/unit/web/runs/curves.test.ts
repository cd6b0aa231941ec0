import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../../functions/web/app/data/csv-text.ts';
import { axisOf, roundTicks } from '../../../../functions/web/app/pages/runs/charts/axis.ts';
import { chartsView } from '../../../../functions/web/app/pages/runs/charts/charts-view.ts';
import { pointsFor } from '../../../../functions/web/app/pages/runs/charts/points-for.ts';
import { smoothed } from '../../../../functions/web/app/pages/runs/charts/smoothing.ts';

describe('smoothing', () => {
  it('is not pulled to zero at its beginning', () => {
    expect(smoothed([5, 5, 5], 0.99)[0]).toBeCloseTo(5, 12);
    expect(smoothed([5, 5, 5], 0.99)[2]).toBeCloseTo(5, 12);
  });

  it('is the average with weights that halve, of the values so far', () => {
    const [, second, third] = smoothed([1, 2, 4], 0.5);
    expect(second).toBeCloseTo((1 * 0.5 + 2) / 1.5, 12);
    expect(third).toBeCloseTo((1 * 0.25 + 2 * 0.5 + 4) / 1.75, 12);
  });

  it('leaves gaps, and goes on behind them', () => {
    expect(smoothed([1, null, 1], 0.9)).toEqual([1, null, expect.closeTo(1, 12)]);
  });

  it('stays between the least and the most so far', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (list, weight) => {
        const last = smoothed(list, weight).at(-1) ?? Number.NaN;
        expect(last).toBeGreaterThanOrEqual(Math.min(...list) - 1e-6);
        expect(last).toBeLessThanOrEqual(Math.max(...list) + 1e-6);
      }),
    );
  });
});

describe('the points that a chart asks for', () => {
  it('are two a pixel for one run, and shared among many', () => {
    expect(pointsFor(600, 1, false)).toBe(1200);
    expect(pointsFor(600, 1, true)).toBe(5000);
    expect(pointsFor(600, 100, false)).toBe(200);
    expect(pointsFor(10_000, 1, false)).toBe(5000);
  });

  it('are what the server takes', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 100 }), fc.boolean(), (px, runs, on) => {
        const points = pointsFor(px, runs, on);
        expect(Number.isInteger(points) && points >= 10 && points <= 5000).toBe(true);
      }),
    );
  });
});

describe('axes', () => {
  it('are of numbers, also where these are texts of params', () => {
    const axis = axisOf(['0.1', '0.3', undefined]);
    expect(axis.kind).toBe('linear');
    expect(axis.place(0.2)).toBeCloseTo(0.5, 12);
    expect(axis.at(0.5)).toBeCloseTo(0.2, 12);
    expect(axis.numberOf(undefined)).toBeUndefined();
  });

  it('are logarithmic where values are far apart and above zero', () => {
    const axis = axisOf(['0.1', '0.001', '0.00001']);
    expect(axis.kind).toBe('log');
    expect(axis.place(0.001)).toBeCloseTo(0.5, 12);
    expect(axisOf([0, 1e6]).kind).toBe('linear');
    expect(axisOf([1, 1e6], false).kind).toBe('linear');
  });

  it('are of words as soon as one is none of a number, in the order of people', () => {
    const axis = axisOf(['run10', 'run9', '3']);
    expect(axis.words).toEqual(['3', 'run9', 'run10']);
    expect(axis.place(axis.numberOf('run9') ?? -1)).toBe(0.5);
  });

  it('have no place for what is no number, and one in the middle for what is alone', () => {
    const axis = axisOf([Number.NaN, 7, Number.POSITIVE_INFINITY]);
    expect(axis.kind).toBe('linear');
    expect(axis.numberOf(Number.NaN)).toBeUndefined();
    expect(axis.place(7)).toBeCloseTo(0.5, 12);
    expect(axisOf([]).ticks).toEqual([]);
  });

  it('have round marks within their ends', () => {
    expect(roundTicks(0, 1)).toEqual([0, 0.2, 0.4, expect.closeTo(0.6), 0.8, 1]);
    expect(axisOf([0, 1, 2]).ticks.map(({ text }) => text)).toEqual(['0', '1', '2']);
    const span = fc.tuple(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    );
    fc.assert(
      fc.property(span, ([low, length]) => {
        const ticks = roundTicks(low, low + length);
        expect(ticks.length).toBeLessThan(12);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThan(low - length * 0.01);
          expect(tick).toBeLessThan(low + length * 1.01);
        }
      }),
    );
  });
});

describe('what stands in an address', () => {
  it('is kept where it is right, and left out where it is not', () => {
    expect(
      chartsView({
        x: 'time',
        smooth: 0.5,
        log: true,
        most: 50,
        zoom: { loss: [1, 2], bad: [2, 1], worse: 'x', worst: [0, Number.POSITIVE_INFINITY] },
      }),
    ).toEqual({ x: 'time', smooth: 0.5, log: true, most: 50, zoom: { loss: [1, 2] } });
    expect(
      chartsView({
        x: 'sideways',
        smooth: 7,
        log: 'yes',
        most: 1e9,
        zoom: [],
        pinned: [1],
        kept: 1,
      }),
    ).toEqual({});
  });
});

describe('a table as CSV', () => {
  it('has each column once and quotes what needs it', () => {
    expect(
      csvText([
        { a: 'x,y', b: 1 },
        { b: -2, c: 'say "hi"\n' },
      ]),
    ).toBe('a,b,c\r\n"x,y",1,\r\n,-2,"say ""hi""\n"\r\n');
  });

  it('makes no formula of what someone named so', () => {
    expect(csvText([{ run: '=HYPERLINK("http://x")' }])).toContain(`"'=HYPERLINK(`);
    expect(csvText([{ '@name': 'a' }])).toBe("'@name\r\na\r\n");
  });
});
