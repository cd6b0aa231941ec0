import { describe, expect, it } from 'vitest';
import { resourcesOf, synthesize, VARIANTS } from './stack-synth.ts';

describe('alarms', () => {
  it('are nine with one pool and say when things go wrong, to nobody unless told', () => {
    const template = synthesize();

    template.resourceCountIs('AWS::CloudWatch::Alarm', 9);
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'))) {
      expect(Properties?.TreatMissingData).toBe('notBreaching');
      expect(Properties?.AlarmDescription).toMatch(/./);
    }
  });

  it('watch all pools at once, and no more than ten in one', () => {
    const names = Array.from({ length: 12 }, (_, i) => ({ name: i === 0 ? 'default' : `p${i}` }));
    const alarms = resourcesOf(synthesize({ pools: names }), 'AWS::CloudWatch::Alarm');

    const watched = Object.entries(alarms).flatMap(([id, { Properties }]) => {
      const metrics = (Properties?.Metrics ?? []) as readonly { MetricStat?: unknown }[];
      const count = metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
      return id.includes('DeadLetters') ? [count] : [];
    });
    expect(watched).toEqual([10, 2]);
  });

  it('tell an address, over TLS, and come with a dashboard, when asked', () => {
    const template = synthesize(VARIANTS.prod);

    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.org',
    });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
    expect(alarms.every(({ Properties }) => list(Properties?.AlarmActions).length === 1)).toBe(
      true,
    );
    template.hasOutput('AlarmsTopic', {});
  });
});

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
