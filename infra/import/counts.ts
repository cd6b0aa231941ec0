/** What is counted there and here, in the order in which people read it. */
export const COUNTED = [
  'experiments',
  'runs',
  'points of metrics',
  'params',
  'tags',
  'datasets',
  'logged models',
  'links to models',
  'registered models',
  'versions',
  'aliases',
  'files',
  'bytes of files',
] as const;
export type Counted = (typeof COUNTED)[number];

export type Counts = { readonly [what in Counted]?: number };

export function sumOf(counts: Iterable<Counts>): Required<Counts> {
  const sum = Object.fromEntries(COUNTED.map((what) => [what, 0])) as Record<Counted, number>;
  for (const one of counts) {
    for (const what of COUNTED) sum[what] += one[what] ?? 0;
  }
  return sum;
}
