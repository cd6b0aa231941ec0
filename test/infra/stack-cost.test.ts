import { describe, expect, it } from 'vitest';
import { idleMonth } from '../../infra/idle-cost.ts';
import { synthesize, VARIANTS } from './stack-synth.ts';

const { domain, external, spot, x86, ready } = VARIANTS;
const codebuild = { ...VARIANTS.codebuild, pools: '[{"name":"default"}]' };
/** What may cost something is asked for by name; so is a second pool. */
const FREE = { default: {}, codebuild, domain, external, spot, x86, ready };
/** Each of these is billed whether somebody calls or not. */
const ALWAYS_BILLED =
  /NatGateway|LoadBalanc|SecretsManager|::KMS::|ECS::Service|EIP|::RDS::|VPCEndpointService|HostedZone/;

const idle = (context: object) => idleMonth(synthesize({ ...context }).toJSON().Resources);

describe('an idle month', () => {
  it.each(Object.entries(FREE))(
    'costs what the clock starts, and nothing else: %s',
    (_, context) => {
      const { rows } = idle(context);

      expect(rows.length).toBeGreaterThan(10);
      const billed = rows.filter(({ dollars }) => dollars > 0);
      expect(billed.map(({ type, count }) => `${count} ${type}`)).toEqual(['1 AWS::Events::Rule']);
    },
  );

  it.each(Object.entries(VARIANTS))('has nothing that is always on: %s', (_, context) => {
    const types = idle(context).rows.map(({ type }) => type);

    expect(types.filter((type) => ALWAYS_BILLED.test(type))).toEqual([]);
  });

  it('costs for each alarm beyond ten, for a dashboard and for what is kept warm, as it says', () => {
    const of = (context: object, type: string) =>
      idle(context).rows.find((row) => row.type === type)?.dollars;
    const five = ['default', 'a', 'b', 'c', 'd'].map((name) => ({ name }));

    expect(of({}, 'AWS::CloudWatch::Alarm')).toBe(0);
    // Two for each of five pools, and seven: an alarm is billed by what it watches.
    expect(of({ pools: five }, 'AWS::CloudWatch::Alarm')).toBeCloseTo(0.7);
    expect(of({ pools: five.slice(0, 2) }, 'AWS::CloudWatch::Alarm')).toBeCloseTo(0.1);
    expect(of({ dashboard: true }, 'AWS::CloudWatch::Dashboard')).toBe(3);
    expect(of(VARIANTS.provisioned, 'AWS::Lambda::Alias')).toBeGreaterThan(10);
  });

  it('has a price for each kind of resource, and says which has none', () => {
    const resources = { ...synthesize().toJSON().Resources, New: { Type: 'AWS::New::Thing' } };

    expect(() => idleMonth(resources)).toThrow('AWS::New::Thing has no price');
  });
});
