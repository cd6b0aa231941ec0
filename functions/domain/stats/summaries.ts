/** A second variable beside the value: its mean, Σ(x − x̄)² and Σ(x − x̄)(y − ȳ) with the value y. */
export interface Companion {
  readonly mean: number;
  readonly squares: number;
  readonly products: number;
}

/** What is known of a variant, around its means: nothing cancels, however large the values are. */
export interface CentredStatistics {
  readonly n: number;
  readonly mean: number;
  /** Σ(y − ȳ)² */
  readonly squares: number;
  readonly denominator?: Companion | undefined;
  readonly covariate?: Companion | undefined;
  /** How many reached each step of a funnel. */
  readonly stepCounts?: readonly number[] | undefined;
}

/** What is known of a variant, as plain sums over its `n` entities. */
export interface SufficientStatistics {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly denominatorSum?: number | undefined;
  readonly denominatorSumSquares?: number | undefined;
  readonly numeratorDenominatorSumProduct?: number | undefined;
  readonly covariateSum?: number | undefined;
  readonly covariateSumSquares?: number | undefined;
  readonly covariateSumProduct?: number | undefined;
  readonly stepCounts?: readonly number[] | undefined;
}

/** One entity. A denominator or covariate that it lacks counts as 0 where others have one. */
export interface Observation {
  readonly value: number;
  readonly denominator?: number | undefined;
  readonly covariate?: number | undefined;
}

/** Sums keep some 16 digits: of a variance below this part of Σy² they keep nothing but noise. */
const ROUNDING = 1e-12;
const NO_COMPANION: Companion = { mean: 0, squares: 0, products: 0 };

/** One pass over entities (Welford, Technometrics 4, 1962). */
export function accumulate(observations: Iterable<Observation>): CentredStatistics {
  let [n, mean, squares] = [0, 0, 0];
  const denominator = { ...NO_COMPANION, seen: false };
  const covariate = { ...NO_COMPANION, seen: false };
  for (const observation of observations) {
    n += 1;
    const before = observation.value - mean;
    mean += before / n;
    squares += before * (observation.value - mean);
    observe(denominator, observation.denominator, n, before);
    observe(covariate, observation.covariate, n, before);
  }
  return { n, mean, squares, ...named({ denominator, covariate }) };
}

type Running = { -readonly [K in keyof Companion]: number } & { seen: boolean };

function observe(running: Running, value: number | undefined, n: number, valueBefore: number) {
  running.seen ||= value !== undefined;
  const before = (value ?? 0) - running.mean;
  running.mean += before / n;
  const after = (value ?? 0) - running.mean;
  running.squares += before * after;
  running.products += valueBefore * after;
}

const named = (both: { denominator: Running; covariate: Running }) =>
  Object.fromEntries(
    Object.entries(both).flatMap(([name, { seen, ...companion }]) =>
      seen ? [[name, companion]] : [],
    ),
  ) as Pick<CentredStatistics, 'denominator' | 'covariate'>;

/**
 * The statistics of two disjoint sets of entities as one (Chan, Golub and LeVeque, 1979). A shard
 * in which nobody had a covariate has zeros for it, as in {@link accumulate}.
 */
export function mergeStatistics(a: CentredStatistics, b: CentredStatistics): CentredStatistics {
  if (a.n === 0 || b.n === 0) return a.n === 0 ? b : a;
  const n = a.n + b.n;
  const apart = b.mean - a.mean;
  const weight = a.n * (b.n / n);
  const companion = (left?: Companion, right?: Companion): Companion | undefined => {
    if (!left && !right) return undefined;
    const { mean, squares, products } = left ?? NO_COMPANION;
    const other = right ?? NO_COMPANION;
    const away = other.mean - mean;
    return {
      mean: mean + away * (b.n / n),
      squares: squares + other.squares + away * away * weight,
      products: products + other.products + away * apart * weight,
    };
  };
  return {
    n,
    mean: a.mean + apart * (b.n / n),
    squares: a.squares + b.squares + apart * apart * weight,
    denominator: companion(a.denominator, b.denominator),
    covariate: companion(a.covariate, b.covariate),
    stepCounts: addSteps(a.stepCounts, b.stepCounts),
  };
}

function addSteps(a?: readonly number[], b?: readonly number[]): readonly number[] | undefined {
  if (!a || !b) return a ?? b;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.map((count, step) => count + (short[step] ?? 0));
}

export function toSums(centred: CentredStatistics): SufficientStatistics {
  const { n, mean, squares, denominator, covariate, stepCounts } = centred;
  const square = (of: { mean: number; squares: number }) => of.squares + n * of.mean ** 2;
  return {
    n,
    sum: n * mean,
    sumSquares: square({ mean, squares }),
    ...(denominator && {
      denominatorSum: n * denominator.mean,
      denominatorSumSquares: square(denominator),
      numeratorDenominatorSumProduct: denominator.products + n * denominator.mean * mean,
    }),
    ...(covariate && {
      covariateSum: n * covariate.mean,
      covariateSumSquares: square(covariate),
      covariateSumProduct: covariate.products + n * covariate.mean * mean,
    }),
    ...(stepCounts && { stepCounts }),
  };
}

/** Sums that no numbers can have, with Σy² < (Σy)²/n, show by negative `squares`. */
export function toCentred(sums: SufficientStatistics): CentredStatistics {
  const { n, sum, sumSquares } = sums;
  const companion = (total?: number, squares?: number, product?: number): Companion | undefined =>
    total === undefined || squares === undefined || product === undefined
      ? undefined
      : {
          mean: n > 0 ? total / n : 0,
          squares: centredSquares(total, squares, n),
          products: n > 0 ? product - total * (sum / n) : 0,
        };
  return {
    n,
    mean: n > 0 ? sum / n : 0,
    squares: centredSquares(sum, sumSquares, n),
    denominator: companion(
      sums.denominatorSum,
      sums.denominatorSumSquares,
      sums.numeratorDenominatorSumProduct,
    ),
    covariate: companion(sums.covariateSum, sums.covariateSumSquares, sums.covariateSumProduct),
    stepCounts: sums.stepCounts,
  };
}

function centredSquares(sum: number, sumSquares: number, n: number): number {
  const squares = n > 0 ? sumSquares - sum * (sum / n) : sumSquares;
  return Math.abs(squares) <= ROUNDING * Math.abs(sumSquares) ? 0 : squares;
}
