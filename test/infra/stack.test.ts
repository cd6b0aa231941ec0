import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import { AssayStack } from '../../infra/stack.ts';

const bundles = mkdtempSync(join(tmpdir(), 'assay-stack-'));
for (const name of ['api', 'sweep']) {
  mkdirSync(join(bundles, name));
  writeFileSync(join(bundles, name, 'index.mjs'), 'export const handler = () => {};\n');
}
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

function synthesize(context: Record<string, unknown> = {}): Template {
  const app = new App({ analyticsReporting: false });
  const config = readConfig((key) => context[key]);
  return Template.fromStack(new AssayStack(app, 'Assay', { config, bundles }));
}

/** The template without what every change of a bundle changes. */
const masked = (template: Template): unknown =>
  JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}/g, '<asset>'));

interface Statement {
  readonly Action: string | readonly string[];
  readonly Effect: string;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

const list = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T];

function statementsOf(template: Template, type: string): readonly Statement[] {
  return Object.values(template.findResources(type)).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
  );
}

const allowed = (template: Template): readonly Statement[] =>
  statementsOf(template, 'AWS::IAM::Policy').filter(({ Effect }) => Effect === 'Allow');

describe('the template', () => {
  it('is the one that was agreed on', () => {
    expect(masked(synthesize())).toMatchSnapshot();
  });

  it('comes out the same twice', () => {
    expect(synthesize().toJSON()).toEqual(synthesize().toJSON());
  });

  it('keeps data when the stack goes, and in prod refuses to delete the table', () => {
    const dev = synthesize();
    const prod = synthesize({ stage: 'prod' });

    dev.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
    dev.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    dev.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
    prod.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  it('backs the table up continuously, bills it by request and expires by ttl', () => {
    synthesize().hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('has one queue with dead letters per pool, which the functions can reach', () => {
    const template = synthesize({ pools: '[{"name":"default"},{"name":"gpu"}]' });

    template.resourceCountIs('AWS::SQS::Queue', 4);
    const redrive = { RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }) };
    template.resourcePropertiesCountIs('AWS::SQS::Queue', Match.objectLike(redrive), 2);
    const sends = allowed(template).filter(({ Action }) =>
      list(Action).includes('sqs:SendMessage'),
    );
    expect(sends).toHaveLength(4);
  });

  it('has one route, $default, in front of the API function', () => {
    const routes = Object.values(synthesize().findResources('AWS::ApiGatewayV2::Route'));

    expect(routes.map(({ Properties }) => Properties.RouteKey)).toEqual(['$default']);
  });

  it('runs functions on Node 24 and arm64', () => {
    const functions = Object.values(synthesize().findResources('AWS::Lambda::Function'));

    expect(functions).toHaveLength(2);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
  });
});

describe('what may be done to the stack', () => {
  it('names each action: no wildcard, no scan, nothing that changes the table itself', () => {
    const actions = allowed(synthesize()).flatMap(({ Action }) => list(Action));

    expect(actions.length).toBeGreaterThan(10);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions.filter((action) => /Scan|Table$|PartiQL/.test(action))).toEqual([]);
  });

  it('names the resource of each right: never every one there is', () => {
    const resources = allowed(synthesize()).flatMap(({ Resource }) => list(Resource));

    expect(resources.length).toBeGreaterThan(4);
    expect(resources).not.toContain('*');
  });

  it('attaches no managed policy', () => {
    for (const role of Object.values(synthesize().findResources('AWS::IAM::Role'))) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('closes bucket and queues to plain HTTP, and the bucket to the public', () => {
    const template = synthesize();

    const denials = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'].map((type) =>
      statementsOf(template, type).filter(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && JSON.stringify(Condition).includes('"aws:SecureTransport":"false"'),
      ),
    );

    expect(denials.map(({ length }) => length)).toEqual([1, 2]);
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('logs no query string and no header, where secrets may be', () => {
    const stages = Object.values(synthesize().findResources('AWS::ApiGatewayV2::Stage'));
    const formats = stages.map(({ Properties }) => Properties.AccessLogSettings.Format as string);

    expect(formats).toHaveLength(1);
    expect(formats.join()).toContain('$context.requestId');
    expect(formats.join()).not.toMatch(/query|header|authorization/i);
  });
});

describe('the configuration', () => {
  it.each([
    ['stage', 'Prod!', /stage/],
    ['registration', 'maybe', /registration/],
    ['pools', '[{"name":"gpu"}]', /pool named "default"/],
    ['pools', '[{"name":"default"},{"name":"default"}]', /twice/],
    ['pools', 'default,gpu', /pools/],
    ['pools', '[{"name":"default","cpus":4}]', /cpus/],
    ['logDays', '31', /logDays/],
    ['requestsPerSecond', '0', /requestsPerSecond/],
  ])('refuses %s=%s and names it', (key, value, message) => {
    expect(() => readConfig((name) => (name === key ? value : undefined))).toThrow(message);
  });

  it('has defaults that let nobody register', () => {
    expect(readConfig(() => undefined)).toMatchObject({
      stage: 'dev',
      registration: 'closed',
      pools: [{ name: 'default' }],
    });
  });
});
