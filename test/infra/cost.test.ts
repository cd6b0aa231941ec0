/** What a deployment costs, from units that are counted and prices that are listed: arithmetic, no timing. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { idleCostOf, idleMonth, type Properties, TYPICAL_RUN } from '../../infra/idle-cost.ts';
import { projectRoot } from '../../infra/local/process.ts';
import { dollarsOf, PRICES, plus } from '../../infra/prices.ts';
import { READS, WRITES } from '../bench/cost/calls.ts';
import { type Cost, countCost, GOALS } from '../bench/cost/cost.ts';
import { costReport } from '../bench/cost/report.ts';
import { deployedResources } from '../bench/cost/template.ts';

describe('prices', () => {
  it('multiply with amounts', () => {
    // A small function that reads one unit and logs 0.4 KB, a million times.
    const reads = { gatewayRequest: 1e6, lambdaRequest: 1e6, readUnit: 1e6, logGb: 0.4 };

    expect(dollarsOf(reads)).toBeCloseTo(1 + 0.2 + 0.125 + 0.2);
    expect(dollarsOf(plus(reads, { lambdaGbSecond: 10 }, 1_000))).toBeCloseTo(1.525 + 0.133, 3);
    expect(dollarsOf(plus({ writeUnit: 1e6 }, { writeUnit: 1e6 }))).toBeCloseTo(1.25);
  });

  it('say what they are of', () => {
    for (const { usd, per, unit } of Object.values(PRICES)) {
      expect(usd).toBeGreaterThan(0);
      expect(per).toBeGreaterThan(0);
      expect(unit).toMatch(/\w{2}/);
    }
  });
});

describe('idling', () => {
  const month = (Type: string, ...all: readonly Properties[]): number =>
    idleMonth(
      Object.fromEntries(all.map((Properties, at) => [`R${at}`, { Type, Properties }])),
      TYPICAL_RUN,
    ).dollars;

  it('costs what is billed by the hour', () => {
    expect(month('AWS::EC2::NatGateway', {})).toBeCloseTo(32.85);
    expect(month('AWS::ElasticLoadBalancingV2::LoadBalancer', {}, {})).toBeCloseTo(32.85);
    expect(month('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' })).toBe(0);
    expect(
      month('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] }),
    ).toBeCloseTo(14.6);
    expect(month('AWS::ECS::Service', { DesiredCount: 0 })).toBe(0);
    expect(month('AWS::ECS::Service', {})).toBeCloseTo(7.21, 2);
    const ProvisionedConcurrencyConfig = { ProvisionedConcurrentExecutions: 2 };
    expect(month('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig })).toBeCloseTo(17.52, 2);
    expect(month('AWS::Lambda::Alias', {})).toBe(0);
  });

  it('costs nothing for the first ten alarms', () => {
    const alarms = (count: number) => Array.from({ length: count }, () => ({}));

    expect(month('AWS::CloudWatch::Alarm', ...alarms(10))).toBe(0);
    expect(month('AWS::CloudWatch::Alarm', ...alarms(12))).toBeCloseTo(0.2);
  });

  it('costs what the clock starts, as often as it does', () => {
    const run = dollarsOf(TYPICAL_RUN);
    const rule = (ScheduleExpression: string, more: Properties = {}) =>
      month('AWS::Events::Rule', { ScheduleExpression, ...more });

    expect(rule('rate(1 minute)')).toBeCloseTo(43_800 * run);
    expect(rule('rate(1 minute)', { Targets: [{}, {}] })).toBeCloseTo(2 * 43_800 * run);
    expect(rule('rate(5 minutes)')).toBeCloseTo(8_760 * run);
    expect(rule('rate(1 day)')).toBeCloseTo(30.4 * run, 4);
    expect(rule('rate(1 minute)', { State: 'DISABLED' })).toBe(0);
    expect(month('AWS::Events::Rule', { EventPattern: {} })).toBe(0);
  });

  it('is not known of a type without a price', () => {
    expect(idleCostOf('Custom::Anything')?.perMonth).toBe(0);
    expect(() => month('AWS::RDS::DBInstance', {})).toThrow(
      'AWS::RDS::DBInstance has no price in infra/idle-cost.ts',
    );
  });

  it('is dear only where somebody chose so', () => {
    const resources = deployedResources({
      dashboard: true,
      provisioned: 1,
      alarmsEmail: 'ops@example.org',
      pools: '[{"name":"default"},{"name":"own","kind":"external"}]',
    });

    const { rows } = idleMonth(resources);

    const dear = rows.filter(({ dollars }) => dollars > 0.2).map(({ type }) => type);
    expect(dear.sort()).toEqual(['AWS::CloudWatch::Dashboard', 'AWS::Lambda::Alias']);
  });
});

describe('the cost of a deployment', () => {
  let cost: Cost;
  beforeAll(async () => {
    cost = await countCost();
  });
  const billOf = (what: string) => {
    const found = cost.bills.find((bill) => bill.what.includes(what));
    if (found === undefined) throw new Error(`There is no bill of ${what}.`);
    return found;
  };

  it('keeps the goals', () => {
    expect(billOf('mixed calls').dollars).toBeLessThanOrEqual(GOALS.mixedCalls);
    expect(billOf('thousand jobs').dollars).toBeLessThanOrEqual(GOALS.jobs);
    expect(cost.idle.dollars).toBeLessThanOrEqual(GOALS.idleMonth);
  });

  it('is made of what was counted', () => {
    const reads = billOf('million reads').amounts;
    const writes = billOf('million writes').amounts;
    const jobs = billOf('thousand jobs').amounts;

    // At least the item itself and a credential.
    expect(reads.readUnit).toBeGreaterThanOrEqual(2e6);
    expect(reads.writeUnit).toBe(0);
    expect(writes.writeUnit).toBeGreaterThanOrEqual(1e6);
    expect(reads.gatewayRequest).toBeCloseTo(1e6);
    expect(jobs.gatewayRequest).toBe(1_000 * cost.callsOfOneJob);
    // The twelve heartbeats alone write.
    expect(jobs.writeUnit).toBeGreaterThan(12_000);
    expect(jobs.fargateVcpuHour).toBeCloseTo(8.33, 2);
    expect(cost.idle.dollars).toBeGreaterThan(0);
  });

  it('is of mixes that are whole', () => {
    for (const mix of [READS, WRITES]) {
      expect(Object.values(mix).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    }
  });

  it('is told to people, with what was exceeded', () => {
    const report = costReport(cost);
    const [first, ...others] = cost.bills;
    const bad = costReport({
      ...cost,
      bills: [{ ...(first ?? billOf('reads')), dollars: 9, goal: 4 }, ...others],
    });

    expect(report).toMatch(/^List prices of us-east-1 as of \d{4}-\d\d/);
    expect(report).toMatch(/a million mixed calls.* ≤ \$4\.00 +yes\n/);
    expect(report).not.toContain(' NO\n');
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
    expect(bad).toMatch(/\$9\.00 +≤ \$4\.00 +NO\n/);
  });

  it('is told to programs', async () => {
    const args = ['infra/local/bootstrap.mjs', 'cost', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });

    const told: Cost = JSON.parse(stdout);

    expect(told.bills.map(({ what }) => what)).toEqual(cost.bills.map(({ what }) => what));
    expect(told.idle.dollars).toBeCloseTo(cost.idle.dollars);
    expect(told.prices).toEqual(cost.prices);
  });
});
