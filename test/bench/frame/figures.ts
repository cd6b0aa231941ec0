import type { Cell, Turn } from './peer.ts';

/** The value that `share` of the sorted numbers lie at or below. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = Math.min(sorted.length, Math.max(1, Math.ceil(sorted.length * share)));
  return sorted[at - 1] ?? Number.NaN;
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** So many digits that count; `JSON` stays short. */
export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits));

const MB = 1_000_000;

/** All rounds of one cell: latencies together, throughput as the median of the rounds. */
export function toCell(
  place: Pick<Cell, 'scenario' | 'clients' | 'peer' | 'processes'>,
  turns: readonly Turn[],
): Cell {
  const latencies = turns.flatMap(({ load }) => load.latencies);
  const rates = turns.map(({ load }) => load.latencies.length / load.seconds);
  const requests = latencies.length;
  const perRequest = (numbers: readonly (number | undefined)[]): number | undefined =>
    numbers.includes(undefined)
      ? undefined
      : rounded(numbers.reduce<number>((sum, value) => sum + (value ?? 0), 0) / requests);
  const cpu = perRequest(turns.map(({ server }) => server?.cpuMs));
  const store = perRequest(turns.map(({ store: used }) => used?.cpuMs));
  const rss = turns.at(-1)?.server?.rssBytes;
  return {
    ...place,
    requests,
    perSecond: {
      median: rounded(median(rates)),
      least: rounded(Math.min(...rates)),
      most: rounded(Math.max(...rates)),
    },
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    ...(cpu === undefined ? {} : { cpuMsPerRequest: cpu }),
    ...(store === undefined ? {} : { storeCpuMsPerRequest: store }),
    clientCpuMsPerRequest: perRequest(turns.map(({ clientCpuMs }) => clientCpuMs)) ?? 0,
    ...(rss === undefined ? {} : { rssMb: Math.round(rss / MB) }),
  };
}
