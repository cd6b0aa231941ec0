import { createHash } from 'node:crypto';
import { compareText } from '#kernel/text-order.ts';
import { isDoc } from '../refuse.ts';
import type { Doc } from './parse.ts';

/** What a result depends on beside its metric. */
export interface Fingerprinted {
  /** Milliseconds since the epoch, with a fraction where there are microseconds. */
  readonly startDate: number | null;
  readonly statsMethod: unknown;
  readonly exposureCriteria: Doc | null;
  readonly onlyCountMaturedUsers?: boolean | undefined;
  readonly excludedVariants?: unknown;
}

/** What a metric is called and marked with changes no result. */
const LEFT_OUT: readonly string[] = [
  ...['uuid', 'name', 'kind', 'fingerprint', 'only_count_matured_users'],
];
/** Below it Python writes an exponent where JavaScript does not. */
const LEAST_PLAIN = 1e-4;

/** A number as Python's `repr` has it. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (Math.abs(value) >= LEAST_PLAIN) return String(value);
  const [digits, exponent = ''] = value.toExponential().split('e-');
  return `${digits}e-${exponent.padStart(2, '0')}`;
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON in ASCII, keys in order, nothing between: one text for whatever means the same. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isDoc(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => compareText(left, right))
      .map(([name, member]) => `${canonical(name)}:${canonical(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null).replaceAll(/[\u007f-\uffff]/g, escaped);
}

/** As Python's `isoformat` has it in UTC: six digits, or none, after the seconds. */
function isoText(milliseconds: number): string {
  const micros = Math.round(milliseconds * 1_000);
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1_000).toISOString().slice(0, 19);
  const rest = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return `${seconds}${rest === 0 ? '' : `.${String(rest).padStart(6, '0')}`}+00:00`;
}

const isEmptyBreakdown = (filter: unknown): boolean => {
  if (!isDoc(filter)) return true;
  const { breakdowns, breakdown } = filter;
  return (breakdown ?? null) === null && !(Array.isArray(breakdowns) && breakdowns.length > 0);
};

const cleaned = (metric: Doc): Doc =>
  Object.fromEntries(
    Object.entries(metric).filter(
      ([name, value]) =>
        !LEFT_OUT.includes(name) && !(name === 'breakdownFilter' && isEmptyBreakdown(value)),
    ),
  );

/** A hash of a document, whatever the order of its members. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex');

/** Names what a result is of: it changes whenever another result is to be expected. */
export function fingerprint(metric: Doc, of: Fingerprinted): string {
  const excluded = Array.isArray(of.excludedVariants) ? of.excludedVariants.map(String) : [];
  const criteria = of.exposureCriteria ?? {};
  const content = {
    metric: cleaned(metric),
    start_date: of.startDate === null ? null : isoText(of.startDate),
    stats_method: of.statsMethod ?? null,
    ...(Object.keys(criteria).length > 0 && { exposure_criteria: criteria }),
    ...(of.onlyCountMaturedUsers === true && { only_count_matured_users: true }),
    ...(excluded.length > 0 && { excluded_variants: [...new Set(excluded)].sort(compareText) }),
  };
  return hashOf(content);
}
