import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ApiEnv, readEnv } from '../../functions/entry/env.ts';
import { LaunchEnv } from '../../functions/entry/launch-env.ts';
import { RIGHTS } from '../../infra/rights.ts';
import { makeStack, resourcesOf, synthesize, VARIANTS } from './stack-synth.ts';

/** The template without what every change of a bundle, and every release, changes. */
const masked = (template: unknown): unknown =>
  JSON.parse(
    JSON.stringify(template)
      .replaceAll(/[0-9a-f]{64}/g, '<asset>')
      .replaceAll(/("Key":"version","Value":|"version":)"[^"]+"/g, '$1"<version>"'),
  );

/** Properties of the one resource of a type. */
function only(template: ReturnType<typeof synthesize>, type: string): Record<string, unknown> {
  const found = Object.values(resourcesOf(template, type));
  expect(found).toHaveLength(1);
  return { ...found[0]?.Properties };
}

const variablesOf = (name: string, template = synthesize()): Record<string, unknown> => {
  const found = Object.entries(resourcesOf(template, 'AWS::Lambda::Function'));
  const [, made] = found.find(([id]) => id.startsWith(name)) ?? [];
  return { ...Object(made?.Properties?.Environment).Variables };
};

/** What a function would read, with every reference of the template replaced by a word. */
const readable = (variables: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, filled(value)]));

function filled(value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = Object(value)['Fn::Join']?.[1] as readonly unknown[] | undefined;
  if (parts !== undefined) return parts.map(filled).join('');
  return 'https://word.test';
}

describe('the template', () => {
  it('is the one that was agreed on', () => {
    expect(masked(synthesize().toJSON())).toMatchSnapshot();
  });

  it('is reached by nobody before its first administrator is invited', () => {
    const [invitation = ''] = Object.keys(
      resourcesOf(synthesize(), 'Custom::AssayFirstAdministrator'),
    );
    const [route] = Object.values(resourcesOf(synthesize(), 'AWS::ApiGatewayV2::Route'));

    expect(invitation).not.toBe('');
    expect(route).toMatchObject({ DependsOn: [invitation] });
  });

  it('comes out the same twice', () => {
    expect(Template.fromStack(makeStack()).toJSON()).toEqual(synthesize().toJSON());
  });

  it.each(['data', 'api', 'queues'])(
    'keeps the ids of what people and data depend on: %s',
    (kind) => {
      // A changed id means a new resource and the loss of the old one: these never change.
      const pinned: Record<string, Record<string, string>> = {
        data: {
          DataTableFDBAD0F2: 'AWS::DynamoDB::Table',
          ArtifactsBucket88671897: 'AWS::S3::Bucket',
        },
        api: { PublicApi6461FF4B: 'AWS::ApiGatewayV2::Api' },
        queues: {
          PooldefaultQueueDEEA8BF3: 'AWS::SQS::Queue',
          PooldefaultDeadLetters23490114: 'AWS::SQS::Queue',
          EventsQueue7396B467: 'AWS::SQS::Queue',
          EventsDeadLetters8A90034E: 'AWS::SQS::Queue',
        },
      };
      const resources = synthesize().toJSON().Resources;

      for (const [id, type] of Object.entries(pinned[kind] ?? {})) {
        expect(resources[id]?.Type, id).toBe(type);
      }
    },
  );

  it.each(Object.keys(VARIANTS).filter((name) => name !== 'external'))(
    'keeps them in the variant %s, too',
    (name) => {
      const resources = synthesize(VARIANTS[name as keyof typeof VARIANTS]).toJSON().Resources;

      for (const id of ['DataTableFDBAD0F2', 'ArtifactsBucket88671897', 'PublicApi6461FF4B']) {
        expect(resources[id], id).toBeDefined();
      }
      expect(resources.PooldefaultQueueDEEA8BF3).toBeDefined();
    },
  );

  it('tags what can be tagged with app, stage and version', () => {
    const stack = synthesize(VARIANTS.prod);

    const tags = [
      { Key: 'app', Value: 'assay' },
      { Key: 'stage', Value: 'prod' },
      { Key: 'version', Value: Match.anyValue() },
    ];
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::ECS::TaskDefinition']) {
      stack.hasResourceProperties(type, { Tags: tags });
    }
  });
});

describe('data', () => {
  it('stays when the stack goes; prod also refuses to delete the table', () => {
    const [dev, prod] = [synthesize(), synthesize(VARIANTS.prod)];

    dev.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
    dev.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    dev.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
    prod.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  it('goes with the stack when told so, and nothing is there to empty the bucket', () => {
    const template = synthesize({ retain: 'false' });

    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  it('can be had back: the table of each second, objects for a month', () => {
    const template = synthesize();

    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          }),
          Match.objectLike({ Prefix: 'packed/', ExpirationInDays: 7 }),
          Match.objectLike({
            Prefix: 'events/',
            NoncurrentVersionExpiration: { NoncurrentDays: 3 },
          }),
        ],
      },
    });
  });
});

describe('artifacts', () => {
  const rulesOf = (context: object) =>
    Object(only(synthesize({ ...context }), 'AWS::S3::Bucket').CorsConfiguration).CorsRules;
  const gateway = {
    'Fn::Join': [
      '',
      [
        'https://',
        { Ref: 'PublicApi6461FF4B' },
        '.execute-api.',
        { Ref: 'AWS::Region' },
        '.',
        { Ref: 'AWS::URLSuffix' },
      ],
    ],
  };

  it('are fetched by the dashboard from where it is shown, and only read', () => {
    expect(rulesOf({})).toEqual([
      {
        AllowedHeaders: ['range'],
        AllowedMethods: ['GET'],
        AllowedOrigins: [gateway],
        ExposedHeaders: ['content-length', 'content-range', 'content-type', 'etag'],
        MaxAge: 3600,
      },
    ]);
  });

  it('are so at a domain and behind a proxy, too', () => {
    const pageOrigins = '["https://lab.example.org"]';

    expect(rulesOf({ ...VARIANTS.domain, pageOrigins })[0].AllowedOrigins).toEqual([
      'https://assay.example.org',
      gateway,
      'https://lab.example.org',
    ]);
  });
});

describe('the dashboard', () => {
  /** The path of the function that a route of the gateway leads to. */
  const handlerOf = (key: string, template = synthesize()): string => {
    const routes = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route'));
    const route = routes.find(({ Properties }) => Properties?.RouteKey === key);
    const [, id = ''] = /"Ref":"(\w+)"\}\]\]/.exec(JSON.stringify(route?.Properties?.Target)) ?? [];
    const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration');
    return JSON.stringify(integrations[id]?.Properties?.IntegrationUri);
  };

  it('is answered with by a function of its own; the API says who is signed in', () => {
    expect(handlerOf('ANY /ui')).toContain('"WebFunction');
    expect(handlerOf('ANY /ui/{rest+}')).toContain('"WebFunction');
    expect(handlerOf('ANY /ui/session')).toContain('"ApiFunction');
    expect(handlerOf('$default')).toBe(handlerOf('ANY /ui/session'));
  });

  it('has its address in the outputs, first of the URL or domain', () => {
    synthesize(VARIANTS.domain).hasOutput('UiUrl', { Value: 'https://assay.example.org/ui/' });
    const [output] = Object.values(synthesize().findOutputs('UiUrl'));
    expect(JSON.stringify(output?.Value)).toMatch(/"PublicApi6461FF4B".*\/ui\/"/);
  });

  it('knows of the deployment only where artifacts lie', () => {
    const variables = variablesOf('WebFunction');

    expect(Object.keys(variables)).toEqual(['STORE_URL']);
    expect(variables.STORE_URL).toEqual({
      'Fn::Join': [
        '',
        ['https://', { 'Fn::GetAtt': ['ArtifactsBucket88671897', 'RegionalDomainName'] }],
      ],
    });
  });
});

describe('the API', () => {
  it('answers everything but what has functions of its own, at no address but the gateway’s own', () => {
    const template = synthesize();

    const found = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route'));
    const keys = found.map((each) => String(Object(Object(each).Properties).RouteKey));
    const own = ['/flags', '/decide', '/array', '/static', '/api/feature_flag'];
    const events = ['/batch', '/capture', '/e', '/i/v0/e', '/track', '/engage'];
    const queries = ['projects', 'environments'].map((name) => `/api/${name}/{project}/query`);
    const paths = [...own, ...events, ...queries, '/ui'];
    const routes = paths.flatMap((path) => [`ANY ${path}`, `ANY ${path}/{rest+}`]);
    expect(keys.toSorted()).toEqual(['$default', 'ANY /ui/session', ...routes].toSorted());
    template.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
    template.resourceCountIs('AWS::Lambda::Alias', 0);
  });

  it('logs no query string and no header, where secrets may be, and is throttled', () => {
    const stage = only(synthesize(), 'AWS::ApiGatewayV2::Stage');

    const format = String(Object(stage.AccessLogSettings).Format);
    expect(format).toContain('$context.requestId');
    expect(format).not.toMatch(/query|header|authorization/i);
    expect(stage.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    });
  });

  it('answers at a domain: its outputs say so, and so do the workers', () => {
    const template = synthesize(VARIANTS.domain);

    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'assay.example.org',
      DomainNameConfigurations: [
        Match.objectLike({
          CertificateArn: VARIANTS.domain.certificate,
          SecurityPolicy: 'TLS_1_2',
        }),
      ],
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { Stage: Match.anyValue() });
    template.hasOutput('ApiUrl', { Value: 'https://assay.example.org' });
    template.hasOutput('MlflowTrackingUri', { Value: 'https://assay.example.org' });
    template.hasOutput('DomainTarget', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('Domain'), 'RegionalDomainName'] },
    });
    expect(variablesOf('LaunchFunction', template).API_URL).toBe('https://assay.example.org');
  });

  it('calls an alias with warm instances when there are some', () => {
    const template = synthesize(VARIANTS.provisioned);

    template.hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'live',
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
    const [alias] = Object.keys(resourcesOf(template, 'AWS::Lambda::Alias'));
    const integrations = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Integration'));
    expect(JSON.stringify(integrations)).toContain(`"${alias}"`);
  });

  it('tells how to make the first administrator, and another word makes another invitation', () => {
    const template = synthesize({ firstAdmin: 'again' });

    template.hasResourceProperties('Custom::AssayFirstAdministrator', { attempt: 'again' });
    const [output] = Object.values(template.findOutputs('FirstAdmin'));
    const command = JSON.stringify(output?.Value);
    expect(command).toContain('/api/v1/users');
    expect(command).toMatch(/"Fn::GetAtt":\["FirstAdministrator\w*","Token"\]/);
    const [mlflow] = Object.values(template.findOutputs('MlflowTrackingUri'));
    expect(mlflow?.Description).toContain('MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4194304');
  });
});

describe('functions', () => {
  it('run on Node 24 and arm64, but for those with DuckDB in them, one for each bundle', () => {
    const functions = Object.entries(resourcesOf(synthesize(), 'AWS::Lambda::Function'));

    expect(functions).toHaveLength(Object.keys(RIGHTS).length);
    for (const [id, { Properties }] of functions) {
      const machine = /^(Results|Query)Function/.test(id) ? 'x86_64' : 'arm64';
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: [machine] });
    }
  });

  it.each(['Api', 'Sweep', 'Pack', 'Events', 'Results', 'Setup'].map((name) => `${name}Function`))(
    '%s can read its environment',
    (name) => {
      const env = readEnv(ApiEnv, readable(variablesOf(name)));

      expect(env).toMatchObject({ STAGE: 'dev', REGISTRATION: 'closed', GIT_HOSTS: [] });
      expect(env.QUEUES.map((queue) => queue.name)).toEqual(['assay:events']);
      expect(env.BACKGROUND !== undefined).toBe(/Api|Sweep/.test(name));
    },
  );

  it('the launcher can read its environment: each pool, its size and its capacity', () => {
    const variables = variablesOf('LaunchFunction', synthesize(VARIANTS.spot));

    expect(readEnv(LaunchEnv, readable(variables)).TASKS).toEqual([
      expect.objectContaining({ pool: 'default', max: 9, spot: true }),
    ]);
  });

  it('sweeps and launches each minute, and what is started is not repeated for ever', () => {
    const template = synthesize();

    const rule = only(template, 'AWS::Events::Rule');
    expect(rule.ScheduleExpression).toBe('rate(1 minute)');
    expect(JSON.stringify(rule.Targets)).toMatch(/SweepFunction.*LaunchFunction/);
    const limits = Object.values(resourcesOf(template, 'AWS::Lambda::EventInvokeConfig'));
    expect(limits).toHaveLength(5);
    for (const { Properties } of limits) {
      expect(Properties?.MaximumRetryAttempts).toBe(0);
      expect(Properties?.MaximumEventAgeInSeconds).toBeLessThanOrEqual(300);
    }
  });

  it('packs with a whole processor and all the time there is', () => {
    synthesize().hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('archives'),
      MemorySize: 1769,
      Timeout: 900,
    });
  });
});
