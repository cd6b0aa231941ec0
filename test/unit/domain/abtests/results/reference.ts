/**
 * What metrics are, told a second time as plain loops over events in memory, so that statements in SQL
 * have something to be compared with.
 */
import type { ExperimentWindow } from '#domain/abtests/results/window.ts';
import type { Happening } from '../../../../support/warehouse.ts';

type Doc = { readonly [name: string]: unknown };
// biome-ignore lint/suspicious/noExplicitAny: metrics are documents here.
type Metric = any;

export interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly denominatorSum?: number;
  readonly denominatorSumSquares?: number;
  readonly numeratorDenominatorSumProduct?: number;
  readonly covariateSum?: number;
  readonly covariateSumSquares?: number;
  readonly covariateSumProduct?: number;
  readonly stepCounts?: readonly number[];
}

interface Person {
  readonly id: string;
  readonly variant: string;
  readonly first: Happening;
  readonly events: readonly Happening[];
}

const SECONDS: Record<string, number> = {
  ...{ second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 },
};
const DAY = 86_400_000;

const textOf = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

export function numberOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  const isNumber = text !== undefined && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  const parsed = isNumber ? Number(text) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

function holds(properties: Doc, { key, value, operator = 'exact' }: Metric): boolean {
  const own = properties[key];
  const text = textOf(own);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const equal = values.some((each) =>
    typeof each === 'number' ? numberOf(own) === each : text === String(each),
  );
  const contained = values.some((each) => text?.toLowerCase().includes(String(each).toLowerCase()));
  const number = numberOf(own) ?? Number.NaN;
  const date = Date.parse(text ?? '');
  const rules: Record<string, () => boolean> = {
    exact: () => equal,
    is_not: () => !equal,
    icontains: () => contained,
    not_icontains: () => !contained,
    regex: () => text !== undefined && new RegExp(String(value)).test(text),
    not_regex: () => !(text !== undefined && new RegExp(String(value)).test(text)),
    gt: () => number > Number(value),
    gte: () => number >= Number(value),
    lt: () => number < Number(value),
    lte: () => number <= Number(value),
    is_set: () => text !== undefined,
    is_not_set: () => text === undefined,
    is_date_after: () => date > Date.parse(String(value)),
    is_date_before: () => date < Date.parse(String(value)),
  };
  return rules[operator]?.() ?? false;
}

const passes = ({ properties = {} }: Happening, filters: Metric[] | undefined): boolean =>
  (filters ?? []).every((filter) => holds(properties, filter));

const isOf = (event: Happening, source: Metric): boolean =>
  (source.event ?? event.event) === event.event && passes(event, source.properties);

/** Events in the order in which they happened, each once: as it was received first. */
function inOrder(events: readonly Happening[]): readonly Happening[] {
  const byUuid = new Map<string, Happening>();
  for (const event of events) {
    const known = byUuid.get(event.uuid);
    const isEarlier =
      known === undefined || (event.received ?? event.ts) < (known.received ?? known.ts);
    if (isEarlier) byUuid.set(event.uuid, event);
  }
  const once = [...byUuid.values()];
  return once.sort((a, b) => a.ts - b.ts || (a.uuid < b.uuid ? -1 : 1));
}

function variantSeen(event: Happening, window: ExperimentWindow): string | undefined {
  const { exposure, flagKey, startDate, endDate } = window;
  if (exposure === undefined || event.event !== exposure.event) return undefined;
  if (event.ts < startDate || event.ts > endDate) return undefined;
  const properties = event.properties ?? {};
  const isCalled = exposure.event === '$feature_flag_called';
  if (isCalled && properties.$feature_flag !== flagKey) return undefined;
  if (!passes(event, [...exposure.properties])) return undefined;
  if (exposure.filterTestAccounts && !passes(event, [...(window.testAccountFilters ?? [])])) {
    return undefined;
  }
  const seen = textOf(properties[isCalled ? '$feature_flag_response' : `$feature/${flagKey}`]);
  const known = [...window.variants, ...(window.holdoutVariant ? [window.holdoutVariant] : [])];
  return seen !== undefined && known.includes(seen) ? seen : undefined;
}

/** Everybody who was exposed, those who saw several variants under `$multiple`. */
export function assigned(
  events: readonly Happening[],
  window: ExperimentWindow,
  persons: ReadonlyMap<string, string>,
): readonly Person[] {
  const byPerson = Map.groupBy(inOrder(events), ({ id }) => persons.get(id) ?? id);
  const found: Person[] = [];
  for (const [id, own] of byPerson) {
    const seen = own.filter((event) => variantSeen(event, window) !== undefined);
    const [first] = seen;
    if (first === undefined) continue;
    const variants = new Set(seen.map((event) => variantSeen(event, window)));
    const isMixed = variants.size > 1 && window.exposure?.multipleVariants === 'exclude';
    const variant = isMixed ? '$multiple' : String(variantSeen(first, window));
    found.push({ id, variant, first, events: own });
  }
  return found;
}

const windowOf = (metric: Metric): number =>
  (metric.conversion_window ?? 0) * 1_000 * (SECONDS[metric.conversion_window_unit ?? 'day'] ?? 0);

function after(person: Person, source: Metric, metric: Metric, window: ExperimentWindow) {
  const lasts = windowOf(metric);
  const end = Math.min(window.endDate + lasts, Math.max(window.endDate, window.asOf));
  return person.events.filter(
    (event) =>
      isOf(event, source) &&
      event.ts >= person.first.ts &&
      event.ts < end &&
      (lasts === 0 || event.ts < person.first.ts + lasts),
  );
}

const before = (person: Person, source: Metric, days: number) =>
  person.events.filter(
    (event) =>
      isOf(event, source) && event.ts < person.first.ts && event.ts >= person.first.ts - days * DAY,
  );

function total(events: readonly Happening[], source: Metric): number {
  if (events.length === 0) return 0;
  const numbers = events.flatMap(
    ({ properties = {} }) => numberOf(properties[source.math_property]) ?? [],
  );
  const sum = numbers.reduce((a, b) => a + b, 0);
  switch (source.math ?? 'total') {
    case 'sum':
      return sum;
    case 'avg':
      return numbers.length === 0 ? 0 : sum / numbers.length;
    case 'min':
      return numbers.length === 0 ? 0 : Math.min(...numbers);
    case 'max':
      return numbers.length === 0 ? 0 : Math.max(...numbers);
    case 'dau':
      return 1;
    case 'unique_session':
      return new Set(events.flatMap(({ properties }) => textOf(properties?.$session_id) || []))
        .size;
    default:
      return events.length;
  }
}

interface Entity {
  readonly variant: string;
  readonly value: number;
  readonly denominator?: number;
  readonly covariate?: number;
  readonly steps?: number;
}

function clamp(entities: readonly Entity[], metric: Metric): readonly Entity[] {
  const quantile = (level: number | undefined, values: readonly number[]): number | undefined => {
    if (level === undefined || values.length === 0) return undefined;
    const sorted = values.toSorted((a, b) => a - b);
    return level >= 1 ? sorted.at(-1) : sorted[Math.floor(level * sorted.length)];
  };
  const values = entities.map(({ value }) => value);
  const low = quantile(metric.lower_bound_percentile, values);
  const upper = metric.ignore_zeros ? values.filter((value) => value !== 0) : values;
  const high = quantile(metric.upper_bound_percentile, upper);
  return entities.map((entity) => ({
    ...entity,
    value: Math.min(Math.max(entity.value, low ?? entity.value), high ?? Infinity),
  }));
}

function meanOf(people: readonly Person[], metric: Metric, window: ExperimentWindow) {
  const { source, threshold } = metric;
  const days = window.lookbackDays;
  const entities = people.map((person): Entity => {
    const value = total(after(person, source, metric, window), source);
    if (threshold !== undefined) {
      return { variant: person.variant, value: value >= threshold ? 1 : 0 };
    }
    const covariate =
      days === undefined ? {} : { covariate: total(before(person, source, days), source) };
    return { variant: person.variant, value, ...covariate };
  });
  return threshold === undefined ? clamp(entities, metric) : entities;
}

function orderedSteps(person: Person, metric: Metric, window: ExperimentWindow): number {
  const used = new Set([person.first.uuid]);
  let [at, steps] = [person.first.ts, 0];
  for (const source of metric.series) {
    const step = after(person, source, metric, window).find(
      ({ ts, uuid }) => ts >= at && !used.has(uuid),
    );
    if (step === undefined) return steps;
    used.add(step.uuid);
    at = step.ts;
    steps += 1;
  }
  return steps;
}

function funnelOf(people: readonly Person[], metric: Metric, window: ExperimentWindow) {
  const { series, funnel_order_type: order } = metric;
  const days = window.lookbackDays;
  return people.map((person): Entity => {
    const takenAnyhow = series.filter((source: Metric) =>
      after(person, source, metric, window).some(({ uuid }) => uuid !== person.first.uuid),
    ).length;
    const steps = order === 'unordered' ? takenAnyhow : orderedSteps(person, metric, window);
    const isAdjusted = days !== undefined && order !== 'unordered';
    const covariate = isAdjusted
      ? { covariate: before(person, series.at(-1), days).length > 0 ? 1 : 0 }
      : {};
    return {
      ...{ variant: person.variant, steps, value: steps === series.length ? 1 : 0 },
      ...covariate,
    };
  });
}

const ratioOf = (people: readonly Person[], metric: Metric, window: ExperimentWindow) =>
  people.map((person): Entity => {
    const of = (source: Metric) => total(after(person, source, metric, window), source);
    return {
      variant: person.variant,
      value: of(metric.numerator),
      denominator: of(metric.denominator),
    };
  });

/** What a clock of the zone shows, as text that sorts. */
const shown = (ms: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    ms,
  );

function plus(ms: number, count: number, unit: string): number {
  if (unit !== 'month') return ms + count * 1_000 * (SECONDS[unit] ?? 0);
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

function isBack(start: number, came: number, metric: Metric, zone: string): boolean {
  const { retention_window_unit: unit } = metric;
  const rounded = (ms: number): number => {
    if (unit === 'day') return Date.parse(`${shown(ms, zone).slice(0, 10)}T00:00:00Z`);
    if (unit === 'hour')
      return Date.parse(`${shown(ms, zone).slice(0, 13).replace(' ', 'T')}:00:00Z`);
    return ms;
  };
  return (
    rounded(came) >= plus(rounded(start), metric.retention_window_start, unit) &&
    rounded(came) <= plus(rounded(start), metric.retention_window_end, unit)
  );
}

function retentionOf(people: readonly Person[], metric: Metric, window: ExperimentWindow) {
  const unit = 1_000 * (SECONDS[metric.retention_window_unit] ?? 0);
  const lasts = metric.retention_window_end * unit;
  const end = Math.min(
    window.endDate + windowOf(metric) + lasts + unit,
    Math.max(window.endDate, window.asOf),
  );
  return people.flatMap((person): Entity[] => {
    const isExposure = metric.start_event.kind === 'ExperimentExposureNode';
    const starts = isExposure ? [person.first] : after(person, metric.start_event, metric, window);
    const start = metric.start_handling === 'last_seen' ? starts.at(-1) : starts[0];
    if (start === undefined) return [];
    if (window.onlyCountMaturedUsers && start.ts + lasts > window.asOf) return [];
    const came = person.events.some(
      (event) =>
        isOf(event, metric.completion_event) &&
        event.uuid !== start.uuid &&
        event.ts >= start.ts &&
        event.ts < end &&
        isBack(start.ts, event.ts, metric, window.timezone),
    );
    return [{ variant: person.variant, value: came ? 1 : 0, denominator: 1 }];
  });
}

function entitiesOf(people: readonly Person[], metric: Metric, window: ExperimentWindow) {
  switch (metric.metric_type) {
    case 'funnel':
      return funnelOf(people, metric, window);
    case 'ratio':
      return ratioOf(people, metric, window);
    case 'retention':
      return retentionOf(people, metric, window);
    default:
      return meanOf(people, metric, window);
  }
}

function sumsOf(entities: readonly Entity[], metric: Metric, hasCovariate: boolean): Sums {
  const add = (of: (entity: Entity) => number) =>
    entities.reduce((sum, entity) => sum + of(entity), 0);
  const below = ({ denominator = 0 }: Entity) => denominator;
  const earlier = ({ covariate = 0 }: Entity) => covariate;
  const steps: unknown[] = metric.metric_type === 'funnel' ? metric.series : [];
  return {
    n: entities.length,
    sum: add(({ value }) => value),
    sumSquares: add(({ value }) => value ** 2),
    ...((metric.metric_type === 'ratio' || metric.metric_type === 'retention') && {
      denominatorSum: add(below),
      denominatorSumSquares: add((entity) => below(entity) ** 2),
      numeratorDenominatorSumProduct: add((entity) => entity.value * below(entity)),
    }),
    ...(hasCovariate && {
      covariateSum: add(earlier),
      covariateSumSquares: add((entity) => earlier(entity) ** 2),
      covariateSumProduct: add((entity) => entity.value * earlier(entity)),
    }),
    ...(steps.length > 0 && {
      stepCounts: steps.map((_, index) => add(({ steps: own = 0 }) => (own > index ? 1 : 0))),
    }),
  };
}

/** Sums by variant, for all variants that are compared. */
export function reference(
  events: readonly Happening[],
  window: ExperimentWindow,
  metric: Metric,
  persons: ReadonlyMap<string, string> = new Map(),
): Record<string, Sums> {
  const known = [...window.variants, ...(window.holdoutVariant ? [window.holdoutVariant] : [])];
  const variants = known.filter((key) => !(window.excludedVariants ?? []).includes(key));
  const lasts = metric.metric_type === 'retention' ? 0 : windowOf(metric);
  const people = assigned(events, window, persons).filter(
    ({ variant, first }) =>
      variants.includes(variant) &&
      !(window.onlyCountMaturedUsers && lasts > 0 && first.ts + lasts > window.asOf),
  );
  const entities = entitiesOf(people, metric, window);
  const hasCovariate = entities.some(({ covariate }) => covariate !== undefined);
  return Object.fromEntries(
    variants.map((key) => {
      const own = entities.filter(({ variant }) => variant === key);
      return [key, sumsOf(own, metric, hasCovariate)];
    }),
  );
}
