/** Points of all curves of a chart together: more than this is not seen, but drawn slowly. */
const POINTS_OF_CHART = 16_000;
const MOST_POINTS = 5_000;
const LEAST_POINTS = 60;

/** How many points of each run a chart of some width has a use for: two a pixel at most. Smoothing sees more. */
export function pointsFor(width: number, runs: number, smoothing: boolean): number {
  const share = POINTS_OF_CHART / Math.max(runs, 1);
  const seen = smoothing ? MOST_POINTS : width * 2;
  const wanted = Math.max(LEAST_POINTS, Math.min(share, seen, MOST_POINTS));
  // In hundreds, so that a window that is pulled wider is not asked about at each pixel.
  return wanted < 100 ? Math.round(wanted) : Math.round(wanted / 100) * 100;
}
