import * as z from 'zod';
import { TRACE_STATES } from '#domain/traces/index.ts';
import { filled, int64 } from '../fields.ts';

/** Fields of the messages of traces, in protobuf's JSON. */
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:\d{2})$/;
const DURATION = /^(\d{1,12})(?:\.(\d{1,9}))?s$/;

const thousandths = (fraction = ''): string => fraction.padEnd(3, '0').slice(0, 3);

/** A time such as `2025-01-02T03:04:05.678Z`, in milliseconds. */
export const timestamp = () =>
  z.string().transform((text, ctx): number => {
    const [, day, time, fraction, zone = ''] = TIMESTAMP.exec(text) ?? [];
    const value =
      day === undefined
        ? Number.NaN
        : Date.parse(`${day}T${time}.${thousandths(fraction)}${zone.toUpperCase()}`);
    if (!Number.isNaN(value)) return value;
    ctx.addIssue({ code: 'custom', message: 'Use a time such as 2025-01-02T03:04:05.678Z' });
    return z.NEVER;
  });

/** A span of time such as `1.5s`, in milliseconds. */
export const duration = () =>
  z.string().transform((text, ctx): number => {
    const [, seconds, fraction] = DURATION.exec(text) ?? [];
    if (seconds !== undefined) return Number(seconds) * 1000 + Number(thousandths(fraction));
    ctx.addIssue({ code: 'custom', message: 'Use seconds such as 1.5s' });
    return z.NEVER;
  });

/** A member of an enumeration by its name or its number, which counts from 0. */
export const oneOf = <const N extends readonly [string, ...string[]]>(names: N) =>
  z.union([
    z.enum(names),
    z
      .int()
      .min(0)
      .max(names.length - 1)
      .transform((at): N[number] => names[at] ?? names[0]),
  ]);

export const state = () => oneOf(TRACE_STATES);

/** A map of protobuf's as entries. */
export const map = () =>
  z
    .record(z.string(), z.string())
    .default({})
    .transform((record) => Object.entries(record).map(([key, value]) => ({ key, value })));

/** A field that may be repeated: of a query, one value comes alone. */
export const texts = () =>
  z.union([z.array(z.string()), z.string().transform((text) => [text])]).default([]);

export const Location = z.object({
  mlflow_experiment: z.object({ experiment_id: filled() }).optional(),
});

/** An integer between two. */
export const whole = (from: number, to: number) =>
  int64().transform((value, ctx): number => {
    if (value >= BigInt(from) && value <= BigInt(to)) return Number(value);
    ctx.addIssue({ code: 'custom', message: `Use an integer from ${from} to ${to}` });
    return z.NEVER;
  });
