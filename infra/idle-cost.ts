/** What each kind of resource of the template costs in a month in which nobody calls. */
import { type Amounts, dollarsOf, MONTH_HOURS, PRICES } from './prices.ts';

export type Properties = Readonly<Record<string, unknown>>;

export interface IdleCost {
  /** Dollars for each resource of the kind, or for all of them together; storage is never in it. */
  readonly perMonth: number | ((all: readonly Properties[], run: Amounts) => number);
  readonly why: string;
}

/** What one start of a function by the clock uses, unless somebody measured it. */
export const TYPICAL_RUN: Amounts = {
  lambdaRequest: 1,
  // 50 ms at 1,024 MB.
  lambdaGbSecond: 0.05,
  readUnit: 1,
  sqsRequest: 1,
  logGb: 0.6e-6,
};

const free = (why: string): IdleCost => ({ perMonth: 0, why });
const each = (perMonth: number, why: string): IdleCost => ({ perMonth, why });
const beyondTen = (usd: number) => (all: readonly Properties[]) =>
  Math.max(0, all.length - 10) * usd;

const definition = free('a definition; only its use costs');
const byRequest = free('billed by request');
const stored = free('billed by what is stored in it');
const deployOnly = free('runs only while the stack is deployed');

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

/** How often a `rate(…)` calls in a month; a `cron(…)` counts as each minute, which is the most it can be. */
function callsOf({ ScheduleExpression, State }: Properties): number {
  if (ScheduleExpression === undefined || State === 'DISABLED') return 0;
  const [, every, unit] =
    /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(ScheduleExpression)) ?? [];
  const minutes = Number(every ?? 1) * MINUTES[(unit ?? 'minute') as keyof typeof MINUTES];
  return (MONTH_HOURS * 60) / minutes;
}

const targetsOf = ({ Targets }: Properties): number =>
  Array.isArray(Targets) ? Targets.length : 1;

const scheduled = (all: readonly Properties[], run: Amounts): number =>
  all.reduce((sum, rule) => sum + callsOf(rule) * targetsOf(rule) * dollarsOf(run), 0);

interface Provisioned {
  readonly ProvisionedConcurrentExecutions?: number;
}

/** An alarm that computes is billed by the metrics that it watches. */
const watchedBy = ({ Metrics }: Properties): number =>
  Array.isArray(Metrics) ? Metrics.filter((each) => 'MetricStat' in Object(each)).length : 1;

const alarms = (all: readonly Properties[]): number => {
  const watched = all.reduce((sum, alarm) => sum + watchedBy(alarm), 0);
  return Math.max(0, watched - 10) * PRICES.alarm.usd;
};

/** Functions of this project have 1 GB. */
const provisioned = (all: readonly Properties[]): number =>
  all.reduce((sum, { ProvisionedConcurrencyConfig: config }) => {
    const warm = (config as Provisioned | undefined)?.ProvisionedConcurrentExecutions ?? 0;
    return sum + dollarsOf({ provisionedGbSecond: warm * MONTH_HOURS * 3600 });
  }, 0);

const endpoints = (all: readonly Properties[]): number =>
  all
    .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
    .reduce((sum, { SubnetIds }) => {
      const zones = Array.isArray(SubnetIds) ? SubnetIds.length : 1;
      return sum + zones * PRICES.interfaceEndpointMonth.usd;
    }, 0);

/** Always-on tasks count as a quarter of a vCPU and half a GB, the least there is. */
const services = (all: readonly Properties[]): number =>
  all.reduce((sum, { DesiredCount }) => {
    const hours = Number(DesiredCount ?? 1) * MONTH_HOURS;
    return sum + dollarsOf({ fargateVcpuHour: hours / 4, fargateGbHour: hours / 2 });
  }, 0);

const NETWORK = ['VPC', 'Subnet', 'RouteTable', 'Route', 'SubnetRouteTableAssociation'];
const NETWORK_EDGE = ['InternetGateway', 'VPCGatewayAttachment', 'SecurityGroup'];
const RULES = ['SecurityGroupIngress', 'SecurityGroupEgress'];

/**
 * Every type that the template may hold. A new one is added here with its price, or the tests of the
 * template fail: nothing gets into the stack that costs while nobody uses it, unless somebody decided so.
 */
export const IDLE_COSTS: Readonly<Record<string, IdleCost>> = {
  'AWS::DynamoDB::Table': free('on demand; storage and its recovery are billed by the GB'),
  'AWS::S3::Bucket': stored,
  'AWS::S3::BucketPolicy': definition,
  'AWS::SQS::Queue': byRequest,
  'AWS::SQS::QueuePolicy': definition,
  'AWS::SNS::Topic': byRequest,
  'AWS::SNS::TopicPolicy': definition,
  'AWS::SNS::Subscription': byRequest,
  'AWS::Lambda::Function': byRequest,
  'AWS::Lambda::Permission': definition,
  'AWS::Lambda::EventInvokeConfig': definition,
  'AWS::Lambda::EventSourceMapping': byRequest,
  'AWS::Lambda::LayerVersion': definition,
  'AWS::Lambda::Url': byRequest,
  'AWS::Lambda::Version': { perMonth: provisioned, why: 'only warm instances cost' },
  'AWS::Lambda::Alias': { perMonth: provisioned, why: 'only warm instances cost' },
  'AWS::ApiGatewayV2::Api': byRequest,
  'AWS::ApiGatewayV2::Stage': definition,
  'AWS::ApiGatewayV2::Route': definition,
  'AWS::ApiGatewayV2::Integration': definition,
  'AWS::ApiGatewayV2::Authorizer': definition,
  'AWS::ApiGatewayV2::DomainName': definition,
  'AWS::ApiGatewayV2::ApiMapping': definition,
  'AWS::CertificateManager::Certificate': free('public certificates are free'),
  'AWS::Route53::HostedZone': each(PRICES.hostedZoneMonth.usd, 'a zone by the month'),
  'AWS::Route53::RecordSet': definition,
  'AWS::Events::Rule': { perMonth: scheduled, why: 'what the functions use that it starts' },
  'AWS::Scheduler::Schedule': {
    perMonth: (all, run) => scheduled(all, { ...run, scheduledCall: 1 }),
    why: 'its calls, and what the functions use that it starts',
  },
  'AWS::Logs::LogGroup': free('billed by what is written and kept'),
  'AWS::Logs::ResourcePolicy': definition,
  'AWS::Logs::MetricFilter': {
    perMonth: beyondTen(PRICES.metric.usd),
    why: 'ten metrics are free',
  },
  'AWS::CloudWatch::Alarm': { perMonth: alarms, why: 'ten watched metrics are free' },
  'AWS::CloudWatch::CompositeAlarm': each(PRICES.compositeAlarm.usd, 'by the month'),
  'AWS::CloudWatch::Dashboard': each(PRICES.dashboard.usd, 'by the month'),
  'AWS::IAM::Role': definition,
  'AWS::IAM::Policy': definition,
  'AWS::IAM::ManagedPolicy': definition,
  'AWS::SSM::Parameter': free('standard parameters are free'),
  'AWS::SecretsManager::Secret': each(PRICES.secretMonth.usd, 'by the month'),
  'AWS::KMS::Key': each(PRICES.keyMonth.usd, 'by the month'),
  'AWS::KMS::Alias': definition,
  ...Object.fromEntries(
    [...NETWORK, ...NETWORK_EDGE, ...RULES].map((name) => [`AWS::EC2::${name}`, definition]),
  ),
  'AWS::EC2::VPCEndpoint': { perMonth: endpoints, why: 'gateway endpoints are free' },
  'AWS::EC2::NatGateway': each(PRICES.natGatewayMonth.usd, 'by the hour, used or not'),
  'AWS::EC2::EIP': each(PRICES.publicAddressMonth.usd, 'by the hour, used or not'),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': each(
    PRICES.loadBalancerMonth.usd,
    'by the hour, used or not',
  ),
  'AWS::ECS::Cluster': definition,
  'AWS::ECS::ClusterCapacityProviderAssociations': definition,
  'AWS::ECS::TaskDefinition': definition,
  'AWS::ECS::Service': { perMonth: services, why: 'its tasks run whether there is work or not' },
  'AWS::ECR::Repository': stored,
  'AWS::CodeBuild::Project': free('billed by the minute of a build'),
  'AWS::CloudFormation::CustomResource': deployOnly,
  'AWS::CDK::Metadata': definition,
};

const CUSTOM = /^Custom::/;

/** `undefined` for a type that nobody has given a price. */
export const idleCostOf = (type: string): IdleCost | undefined =>
  CUSTOM.test(type) ? deployOnly : IDLE_COSTS[type];

export interface IdleRow {
  readonly type: string;
  readonly count: number;
  readonly dollars: number;
  readonly why: string;
}

export interface IdleMonth {
  readonly rows: readonly IdleRow[];
  readonly dollars: number;
}

/** The resources of a template as CloudFormation has them. */
export interface Resources {
  readonly [id: string]: { readonly Type: string; readonly Properties?: Properties };
}

/** What a template costs in a month of idling. Throws when a type has no price. */
export function idleMonth(resources: Resources, run: Amounts = TYPICAL_RUN): IdleMonth {
  const byType = Object.groupBy(Object.values(resources), ({ Type }) => Type);
  const rows = Object.entries(byType).map(([type, found = []]): IdleRow => {
    const cost = idleCostOf(type);
    if (cost === undefined) throw new Error(`${type} has no price in infra/idle-cost.ts.`);
    const { perMonth, why } = cost;
    const dollars =
      typeof perMonth === 'number'
        ? perMonth * found.length
        : perMonth(
            found.map(({ Properties = {} }) => Properties),
            run,
          );
    return { type, count: found.length, dollars, why };
  });
  return { rows, dollars: rows.reduce((sum, row) => sum + row.dollars, 0) };
}
