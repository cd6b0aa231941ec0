import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { key, pad, prefix, ttlOf } from '#kernel/keys.ts';
import { update } from '#kernel/table.ts';

/** How many calls a token may make in a minute and in an hour. */
export interface RateLimit {
  readonly perMinute: number;
  readonly perHour: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A process tells the others of its calls when there are so many, and one by one near the limit. */
const MOST_UNTOLD = 20;

/** Calls of a token in the current hour, as far as this process knows. */
interface Counted {
  hour: number;
  readonly minutes: Map<number, number>;
  /** Of these, what no other process has heard of. */
  untold: number;
  /** By minute. */
  readonly untoldOf: Map<number, number>;
}

const newCount = (): Counted => ({
  hour: 0,
  minutes: new Map(),
  untold: 0,
  untoldOf: new Map(),
});

const more = (counts: Map<number, number>, at: number, by = 1): void => {
  counts.set(at, (counts.get(at) ?? 0) + by);
};

const minuteName = (minute: number): string => `m${minute % 60}`;

function throttled(endsOn: number, now: number): AppError {
  const seconds = Math.max(1, Math.ceil((endsOn - now) / 1000));
  return new AppError(
    'too_many_requests',
    `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    { retryAfter: seconds },
  );
}

/** Tells the others of the calls of this process, and learns of theirs. */
async function tell(ctx: Context, tokenId: string, hour: number, counted: Counted): Promise<void> {
  const { untold } = counted;
  const minutes = [...counted.untoldOf];
  counted.untold = 0;
  counted.untoldOf.clear();
  const adds = Object.fromEntries(minutes.map(([minute, calls]) => [minuteName(minute), calls]));
  const outcome = await ctx.table.write(
    update(key(`${prefix.rate}#${tokenId}`, pad(hour)), {
      set: { ttl: ttlOf((hour + 1) * HOUR) },
      add: { hour: untold, ...adds },
    }),
  );
  const { item } = outcome;
  counted.hour = Number(item?.hour) + counted.untold;
  for (const minute of counted.minutes.keys()) {
    const own = counted.untoldOf.get(minute) ?? 0;
    counted.minutes.set(minute, Number(item?.[minuteName(minute)] ?? 0) + own);
  }
}

/**
 * Counts a call of a token, over all processes as near as some {@link MOST_UNTOLD} calls of each: one
 * write unit for as many calls. Throws `too_many_requests` with the seconds until it may call again.
 */
export async function takeCall(
  ctx: Context,
  tokenId: string,
  { perMinute, perHour }: RateLimit,
): Promise<void> {
  const now = ctx.clock.now();
  const [minute, hour] = [Math.floor(now / MINUTE), Math.floor(now / HOUR)];
  const keptAt = `rate:${tokenId}:${hour}`;
  const counted = ctx.cache.get<Counted>(keptAt) ?? newCount();
  ctx.cache.set(keptAt, counted, HOUR / 1000);
  more(counted.minutes, minute, 0);
  const left = (): number =>
    Math.min(perMinute - (counted.minutes.get(minute) ?? 0), perHour - counted.hour);
  if (left() <= 0) {
    throw throttled(counted.hour >= perHour ? (hour + 1) * HOUR : (minute + 1) * MINUTE, now);
  }
  counted.hour += 1;
  counted.untold += 1;
  more(counted.minutes, minute);
  more(counted.untoldOf, minute);
  if (counted.untold < Math.min(MOST_UNTOLD, left() / 10)) return;
  const told = tell(ctx, tokenId, hour, counted);
  // What cannot be told is no reason to refuse a call.
  ctx.defer(told);
}
