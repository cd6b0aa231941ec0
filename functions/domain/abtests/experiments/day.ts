const DAY_MS = 86_400_000;

/** What a clock of the zone shows, read as if it were UTC. */
function shownAt(on: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(on);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/**
 * When a day of a time zone begins, in milliseconds since the epoch: the day of `on`, or one so many days
 * `later`. A day whose midnight the zone skips begins with what comes instead.
 */
export function startOfDay(on: number, timezone: string, later = 0): number {
  const shown = shownAt(on, timezone);
  const midnight = Math.floor(shown / DAY_MS) * DAY_MS + later * DAY_MS;
  const near = midnight - (shownAt(midnight, timezone) - midnight);
  // The offset at the day's border may be another one than a few hours from there.
  return midnight - (shownAt(near, timezone) - near);
}
