const DAY_MS = 86_400_000;
/** More than anybody looks at; longer spans are cut. */
const MOST_DAYS = 4_000;

interface Offset {
  /** Milliseconds since the epoch, excluded. */
  readonly until: number;
  /** Ahead of UTC. */
  readonly seconds: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 500;

/** Making one takes far longer than using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, made);
  return made;
}

/** How far clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(on: number, timezone: string): number {
  const whole = Math.floor(on / 1_000) * 1_000;
  const parts = formatOf(timezone).formatToParts(whole);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  );
  return shown - whole;
}

/** The first millisecond with another offset than at `from`, which is there at `to`. */
function changeBetween(timezone: string, from: number, to: number): number {
  const before = offsetAt(from, timezone);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timezone) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** The offsets of a zone from one time to another, in order; the last goes on. */
export function offsetsOf(timezone: string, from: number, to: number): readonly Offset[] {
  const end = Math.min(to, from + MOST_DAYS * DAY_MS);
  const offsets: Offset[] = [];
  let [at, offset] = [from, offsetAt(from, timezone)];
  while (at < end) {
    const next = Math.min(end, at + DAY_MS);
    const later = offsetAt(next, timezone);
    if (later !== offset) {
      offsets.push({ until: changeBetween(timezone, at, next), seconds: offset / 1_000 });
      offset = later;
    }
    at = next;
  }
  return [...offsets, { until: Number.POSITIVE_INFINITY, seconds: offset / 1_000 }];
}

/** The day that clocks of a zone show: `2030-01-31`. */
export const dayOf = (on: number, timezone: string): string =>
  new Date(on + offsetAt(on, timezone)).toISOString().slice(0, 10);

export interface Day {
  readonly day: string;
  /** Milliseconds since the epoch; `to` is where the next day begins. */
  readonly from: number;
  readonly to: number;
}

/** When a day begins: at the first time that shows it, be its midnight skipped or there twice. */
function startOf(midnight: number, timezone: string): number {
  const day = new Date(midnight).toISOString().slice(0, 10);
  const offsets = [-DAY_MS, 0, DAY_MS].map((apart) => offsetAt(midnight + apart, timezone));
  const times = offsets.map((offset) => midnight - offset).sort((a, b) => a - b);
  return times.find((time) => dayOf(time, timezone) === day) ?? midnight;
}

/** Every day of a zone from the one of `from` to the one of `to`. */
export function daysBetween(from: number, to: number, timezone: string): readonly Day[] {
  const first = Date.parse(`${dayOf(from, timezone)}T00:00:00Z`);
  const last = Date.parse(`${dayOf(Math.max(from, to), timezone)}T00:00:00Z`);
  const count = Math.min(MOST_DAYS, Math.round((last - first) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => {
    const day = first + index * DAY_MS;
    return {
      day: new Date(day).toISOString().slice(0, 10),
      from: startOf(day, timezone),
      to: startOf(day + DAY_MS, timezone),
    };
  });
}
