/**
 * Events of an experiment whose effect is known, the same for the same seed: who is in it, what they
 * bought before and after, who signed up, who came back, who was first seen under another name.
 */
import { createHash } from 'node:crypto';

export interface World {
  readonly seed: number;
  readonly users: number;
  readonly flag: string;
  readonly variants: readonly (readonly [key: string, percentage: number])[];
  /** The first day, midnight UTC. */
  readonly start: Date;
  readonly days: number;
  /** What `test` adds to the mean amount of a purchase, as a fraction. */
  readonly lift: number;
}

/** As SDKs send it. */
export interface SentEvent {
  readonly uuid: string;
  readonly event: string;
  readonly distinct_id: string;
  readonly timestamp: string;
  readonly properties: { readonly [name: string]: unknown };
}

type Random = () => number;

/** Uniform numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random());

function poisson(random: Random, mean: number): number {
  const least = Math.exp(-mean);
  let [count, product] = [0, random()];
  while (product > least) {
    count += 1;
    product *= random();
  }
  return count;
}

/** A share of the SHA-1 space, as flags give out variants; written anew to judge them. */
function variantOf({ flag, variants }: World, id: string): string {
  const digest = createHash('sha1').update(`${flag}.${id}variant`).digest('hex');
  const place = Number.parseInt(digest.slice(0, 15), 16) / Number(0xfffffffffffffffn);
  let bound = 0;
  for (const [key, percentage] of variants) {
    bound += percentage / 100;
    if (place < bound) return key;
  }
  return variants.at(-1)?.[0] ?? '';
}

const DAY_MS = 86_400_000;
const MOST_LATE_DAYS = 3;

/** What one person does. */
interface Person {
  readonly id: string;
  readonly variant: string;
  readonly exposedOn: number;
  readonly at: (on: number, event: string, properties?: object, id?: string) => void;
  readonly random: Random;
}

/** Who spends much does so before and after, which is what a covariate can tell. */
function purchases({ random, exposedOn, variant, at }: Person, { lift }: World): void {
  const taste = exponential(random, 1) + 0.2;
  for (let count = poisson(random, 0.8 * taste); count > 0; count -= 1) {
    at(exposedOn - exponential(random, 4) * DAY_MS, 'purchase', {
      amount: Math.round(2_000 * taste * (0.5 + random())) / 100,
    });
  }
  const factor = variant === 'test' ? 1 + lift : 1;
  for (let count = poisson(random, 1.4 * taste); count > 0; count -= 1) {
    at(exposedOn + exponential(random, 3) * DAY_MS, 'purchase', {
      amount: Math.round(2_000 * taste * factor * (0.5 + random())) / 100,
    });
  }
}

function exposures(person: Person, world: World, first: string): void {
  const { random, exposedOn, variant, at, id } = person;
  const exposure = (on: number, seen: string, as: string) =>
    at(
      on,
      '$feature_flag_called',
      {
        $feature_flag: world.flag,
        $feature_flag_response: seen,
        [`$feature/${world.flag}`]: seen,
      },
      as,
    );
  exposure(exposedOn, variant, first);
  if (random() < 0.3) exposure(exposedOn + exponential(random, 2) * DAY_MS, variant, id);
  // Some see two variants, as when they use two devices.
  const other = world.variants.find(([key]) => key !== variant)?.[0] ?? variant;
  if (random() < 0.005) exposure(exposedOn + exponential(random, 1) * DAY_MS, other, id);
}

function visits({ random, exposedOn, variant, at }: Person): void {
  const signsUp = random() < (variant === 'test' ? 0.23 : 0.2);
  const viewed = exposedOn + exponential(random, 0.2) * DAY_MS;
  if (signsUp || random() < 0.4) at(viewed, 'pricing viewed', { page: '/pricing' });
  if (signsUp) at(viewed + exponential(random, 0.3) * DAY_MS, 'signed up', { plan: 'pro' });
  for (let count = poisson(random, 5.6); count > 0; count -= 1) {
    at(exposedOn + (random() - 0.3) * 10 * DAY_MS, '$pageview', { $pathname: '/' });
  }
}

/** What SDKs add to each event. */
const LIBRARY = {
  $lib: 'posthog-node',
  $lib_version: '5.70.0',
  $is_server: true,
  $geoip_disable: true,
};

/** Everything that one user of the world does, in no order. */
function eventsOfUser(world: World, index: number): readonly SentEvent[] {
  const random = randomOf(world.seed * 1_000_003 + index);
  const id = `user-${index}`;
  const events: SentEvent[] = [];
  const at: Person['at'] = (on, event, properties = {}, as = id) => {
    const count = events.length.toString(16).padStart(4, '0');
    const uuid = `${world.seed.toString(16).padStart(8, '0')}-0000-4000-8${count.slice(1)}-${index.toString(16).padStart(12, '0')}`;
    const timestamp = new Date(Math.floor(on)).toISOString();
    events.push({
      uuid,
      event,
      distinct_id: as,
      timestamp,
      properties: { ...properties, ...LIBRARY },
    });
  };
  const exposedOn = world.start.getTime() + random() * (world.days - MOST_LATE_DAYS) * DAY_MS;
  const isAnonymous = random() < 0.03;
  const first = isAnonymous ? `anonymous-${index}` : id;
  // The variant goes by the name under which they were first seen.
  const person = { id, variant: variantOf(world, first), exposedOn, at, random };
  exposures(person, world, first);
  if (isAnonymous) at(exposedOn + 1_000, '$identify', { $anon_distinct_id: first });
  purchases(person, world);
  visits(person);
  return events;
}

/** Users whose events are mixed with each other's. */
const BLOCK = 500;

/** All events in batches, as several programs would send them; the last may be smaller. */
export function* batchesOf(world: World, size: number): Generator<readonly SentEvent[]> {
  const random = randomOf(world.seed);
  let waiting: SentEvent[] = [];
  for (let from = 0; from < world.users; from += BLOCK) {
    const many = Array.from({ length: Math.min(BLOCK, world.users - from) }, (_, index) =>
      eventsOfUser(world, from + index),
    );
    const keyed = many.flat().map((event) => [random(), event] as const);
    waiting.push(...keyed.sort(([a], [b]) => a - b).map(([, event]) => event));
    while (waiting.length >= size) {
      yield waiting.slice(0, size);
      waiting = waiting.slice(size);
    }
  }
  if (waiting.length > 0) yield waiting;
}
