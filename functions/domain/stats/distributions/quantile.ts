const MOST_STEPS = 200;

/**
 * The x ≥ 0 with sf(x) = q, for a symmetric distribution with tail `sf` and density `pdf`, and
 * q from 0 to ½. Newton's method on ln sf, which is nearly straight where sf itself is nearly
 * flat; a step that leaves the bracket is replaced by its middle.
 */
export function upperQuantile(
  q: number,
  sf: (x: number) => number,
  pdf: (x: number) => number,
): number {
  if (q === 0) return Infinity;
  if (q >= 0.5) return 0;
  let [low, high] = bracket(q, sf);
  if (high === Infinity) return Infinity;
  let x = (low + high) / 2;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const tail = sf(x);
    if (Number.isNaN(tail)) return Number.NaN;
    if (tail > q) low = x;
    else high = x;
    const newton = x + (Math.log(tail / q) * tail) / pdf(x);
    const isNewton = newton >= low && newton <= high;
    const next = isNewton ? newton : (low + high) / 2;
    // The error of Newton's step is its square, so that one more would move nothing.
    if (Math.abs(next - x) <= (isNewton ? 1e-9 : Number.EPSILON) * x) return next;
    x = next;
  }
  return x;
}

function bracket(q: number, sf: (x: number) => number): [number, number] {
  let low = 0;
  let high = 1;
  while (high < Infinity && sf(high) > q) {
    low = high;
    high *= 2;
  }
  return [low, high];
}
