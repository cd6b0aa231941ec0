import type { Variant } from '../abtests/metric.ts';
import { filterWords } from './filter-values.ts';
import {
  type Condition,
  conditionsOf,
  type Filters,
  payloadText,
  variantsOfFlag,
} from './filters.ts';

/** One line of a difference. */
export interface DiffRow {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

type Doc = { readonly [name: string]: unknown };

const NAMES: Readonly<Record<string, string>> = {
  key: 'Key',
  name: 'Description',
  active: 'On',
  deleted: 'Deleted',
  ensure_experience_continuity: 'Keeps the value when somebody signs in',
  tags: 'Tags',
  experiment_set: 'A/B tests',
  evaluation_runtime: 'Evaluated by',
  evaluation_contexts: 'Evaluation contexts',
  bucketing_identifier: 'People are told apart by',
  is_remote_configuration: 'Remote configuration',
};

const plain = (value: unknown): string => {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const condition = ({ properties, rollout_percentage: share, variant }: Condition): string => {
  const filters = (properties ?? []).map(filterWords).join(' and ');
  const served = variant ? `, always ${variant}` : '';
  return `${filters === '' ? 'everybody' : filters}: ${share ?? 100}%${served}`;
};

const variantText = ({ key, name, rollout_percentage: share }: Variant): string =>
  `${share}%${name ? `, “${name}”` : ''}${key === '' ? ' (no key)' : ''}`;

/** The parts of a document of conditions that people know by name. */
function partsOf(filters: Filters): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const [at, each] of conditionsOf(filters).entries()) {
    parts.set(`Set ${at + 1}`, condition(each));
  }
  for (const each of variantsOfFlag(filters)) parts.set(`Variant ${each.key}`, variantText(each));
  for (const [key, payload] of Object.entries(filters.payloads ?? {})) {
    parts.set(`Payload of ${key}`, payloadText(payload));
  }
  for (const [at, each] of (filters.super_groups ?? []).entries()) {
    parts.set(`Super condition ${at + 1}`, condition(each));
  }
  const known = ['groups', 'multivariate', 'payloads', 'super_groups'];
  for (const [name, value] of Object.entries(filters)) {
    if (!known.includes(name) && value !== null && value !== undefined) {
      parts.set(name, plain(value));
    }
  }
  return parts;
}

const recordOf = (value: unknown): Filters =>
  typeof value === 'object' && value !== null ? (value as Filters) : {};

function filterRows(before: Filters, after: Filters): DiffRow[] {
  const [was, becomes] = [partsOf(before), partsOf(after)];
  const names = [...new Set([...was.keys(), ...becomes.keys()])];
  return names.flatMap((what) => {
    const [left, right] = [was.get(what) ?? '–', becomes.get(what) ?? '–'];
    return left === right ? [] : [{ what, before: left, after: right }];
  });
}

/** What a change does to a flag, line by line, in words; what stays is left out. */
export function diffOf(before: Doc, after: Doc): readonly DiffRow[] {
  return Object.keys(after).flatMap((name): DiffRow[] => {
    if (name === 'filters') return filterRows(recordOf(before.filters), recordOf(after.filters));
    const [left, right] = [plain(before[name]), plain(after[name])];
    return left === right ? [] : [{ what: NAMES[name] ?? name, before: left, after: right }];
  });
}
