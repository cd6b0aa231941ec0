/** What AWS asks for what Assay uses: the one table of prices, for arithmetic in tests and `npm run cost`. */

/** Where and when these prices were the listed ones; free tiers and discounts are left out. */
export const PRICE_LIST = { region: 'us-east-1', asOf: '2026-11' };

export interface Price {
  readonly usd: number;
  /** So many units cost `usd`. */
  readonly per: number;
  readonly unit: string;
}

const price = (usd: number, unit: string, per = 1): Price => ({ usd, per, unit });
const MILLION = 1_000_000;
const HOURS = 730;

export const PRICES = {
  gatewayRequest: price(1, 'HTTP API requests of up to 512 KB', MILLION),
  lambdaRequest: price(0.2, 'Lambda invocations', MILLION),
  lambdaGbSecond: price(0.0000133334, 'GB-seconds of Lambda on arm64'),
  provisionedGbSecond: price(0.0000033334, 'GB-seconds of provisioned concurrency on arm64'),
  readUnit: price(0.125, 'on-demand read units of DynamoDB', MILLION),
  writeUnit: price(0.625, 'on-demand write units of DynamoDB', MILLION),
  tableGbMonth: price(0.25, 'GB-months in DynamoDB'),
  pitrGbMonth: price(0.2, 'GB-months of point-in-time recovery'),
  sqsRequest: price(0.4, 'requests of SQS standard queues', MILLION),
  s3Put: price(5, 'PUT, COPY, POST and LIST requests of S3', MILLION),
  s3Get: price(0.4, 'GET and other requests of S3', MILLION),
  s3GbMonth: price(0.023, 'GB-months in S3 Standard'),
  logGb: price(0.5, 'GB taken in by CloudWatch Logs'),
  logGbMonth: price(0.03, 'GB-months of kept logs'),
  alarm: price(0.1, 'alarm-months beyond the ten free ones'),
  compositeAlarm: price(0.5, 'composite alarm-months'),
  dashboard: price(3, 'dashboard-months'),
  metric: price(0.3, 'custom metric-months beyond the ten free ones'),
  scheduledCall: price(1, 'calls of EventBridge Scheduler', MILLION),
  fargateVcpuHour: price(0.03238, 'vCPU-hours of Fargate on arm64'),
  fargateGbHour: price(0.00356, 'GB-hours of Fargate on arm64'),
  publicAddressMonth: price(0.005 * HOURS, 'months of a public IPv4 address'),
  natGatewayMonth: price(0.045 * HOURS, 'months of a NAT gateway'),
  loadBalancerMonth: price(0.0225 * HOURS, 'months of a load balancer'),
  interfaceEndpointMonth: price(0.01 * HOURS, 'months of an interface endpoint in one zone'),
  keyMonth: price(1, 'months of a customer managed key'),
  secretMonth: price(0.4, 'months of a secret'),
  hostedZoneMonth: price(0.5, 'months of a hosted zone'),
  imageGbMonth: price(0.1, 'GB-months of images in ECR'),
} as const satisfies Readonly<Record<string, Price>>;

export type Priced = keyof typeof PRICES;
/** Amounts of what has a price, in the units of the table. */
export type Amounts = Readonly<Partial<Record<Priced, number>>>;

/** The sum of some amounts in dollars. */
export function dollarsOf(amounts: Amounts): number {
  const names = Object.keys(amounts) as Priced[];
  return names.reduce((sum, name) => {
    const { usd, per }: Price = PRICES[name];
    return sum + ((amounts[name] ?? 0) / per) * usd;
  }, 0);
}

/** Amounts together; `more` counts so many times. */
export function plus(base: Amounts, more: Amounts, times = 1): Amounts {
  const sum: Partial<Record<Priced, number>> = { ...base };
  for (const [name, amount] of Object.entries(more) as [Priced, number][]) {
    sum[name] = (sum[name] ?? 0) + amount * times;
  }
  return sum;
}

/** How long a month is, in hours, wherever a price is one of hours. */
export const MONTH_HOURS = HOURS;

const CPU_UNITS = 1024;
const MIB_OF_GB = 1024;

/** What an hour of one job costs in dollars: its share of a task, at the price of a machine that is not spare. */
export function jobHourUsd(pool: {
  readonly cpu: number;
  readonly memory: number;
  readonly concurrency: number;
}): number {
  const task = dollarsOf({
    fargateVcpuHour: pool.cpu / CPU_UNITS,
    fargateGbHour: pool.memory / MIB_OF_GB,
    publicAddressMonth: 1 / HOURS,
  });
  return Number((task / pool.concurrency).toPrecision(6));
}
