/** Far more than any argument within reach needs; beyond it an answer is refused. */
const MOST_TERMS = 100_000;
const ALMOST_ZERO = 1e-300;
const SETTLED = 2 * Number.EPSILON;

/**
 * b(0) + a(1) / (b(1) + a(2) / (b(2) + …)), by Lentz's method as modified by Thompson and Barnett
 * (J. Comput. Phys. 64, 1986). NaN where it does not settle.
 */
export function continuedFraction(a: (term: number) => number, b: (term: number) => number) {
  let value = b(0) || ALMOST_ZERO;
  let c = value;
  let d = 0;
  for (let term = 1; term <= MOST_TERMS; term += 1) {
    d = 1 / (b(term) + a(term) * d || ALMOST_ZERO);
    c = b(term) + a(term) / c || ALMOST_ZERO;
    value *= c * d;
    if (Math.abs(c * d - 1) <= SETTLED) return value;
  }
  return Number.NaN;
}
