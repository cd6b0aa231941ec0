/** Who may do what: written out in full, so that a change of it is seen and meant. */
import { describe, expect, it } from 'vitest';
import type { FunctionName } from '../../infra/rights.ts';
import {
  allowed,
  allowedTo,
  list,
  resourcesOf,
  statementsOf,
  synthesize,
  VARIANTS,
} from './stack-synth.ts';

/** All but the one that builds images, whose rights are another package's. */
const OURS = { default: {}, ...VARIANTS, codebuild: {} };

const actionsOf = (name: FunctionName, context = {}): readonly string[] => {
  const statements = allowedTo(synthesize(context), name);
  return [...new Set(statements.flatMap(({ Action }) => list(Action)))].sort();
};

const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const ITEMS = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** The statements that allow an action of a service, as text. */
const about = (name: FunctionName, action: RegExp): readonly string[] =>
  allowedTo(synthesize(), name)
    .filter(({ Action }) => list(Action).some((each) => action.test(each)))
    .map((statement) => JSON.stringify(statement));

describe('each function may do these things only', () => {
  it.each<readonly [FunctionName, readonly string[]]>([
    [
      'api',
      [
        ...ITEMS,
        'lambda:InvokeFunction',
        ...LOG,
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:GetObject',
        's3:ListBucket',
        's3:ListMultipartUploadParts',
        's3:PutObject',
        'sqs:DeleteMessage',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
    ],
    [
      'sweep',
      [
        ...ITEMS,
        'lambda:InvokeFunction',
        ...LOG,
        's3:DeleteObject',
        's3:GetObject',
        's3:ListBucket',
        's3:PutObject',
        'sqs:GetQueueAttributes',
        'sqs:SendMessage',
      ],
    ],
    [
      'launch',
      [
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'ecs:DescribeTasks',
        'ecs:ListTasks',
        'ecs:RunTask',
        'ecs:TagResource',
        'iam:PassRole',
        ...LOG,
        'sqs:GetQueueAttributes',
      ],
    ],
    [
      'pack',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        ...LOG,
        's3:AbortMultipartUpload',
        's3:GetObject',
        's3:ListBucket',
        's3:ListMultipartUploadParts',
        's3:PutObject',
      ],
    ],
    [
      'events',
      [
        'dynamodb:BatchWriteItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        ...LOG,
        's3:DeleteObject',
        's3:GetObject',
        's3:ListBucket',
        's3:PutObject',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
      ],
    ],
    [
      'results',
      [
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        ...LOG,
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:GetObject',
        's3:ListBucket',
        's3:ListMultipartUploadParts',
        's3:PutObject',
      ],
    ],
    [
      'flags',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        ...LOG,
      ],
    ],
    [
      'ingest',
      ['dynamodb:GetItem', 'lambda:InvokeFunction', ...LOG, 's3:PutObject', 'sqs:SendMessage'],
    ],
    [
      'query',
      [
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'lambda:InvokeFunction',
        ...LOG,
        's3:GetObject',
        's3:ListBucket',
      ],
    ],
    ['web', LOG],
    ['setup', ['dynamodb:PutItem', ...LOG]],
  ])('%s', (name, actions) => {
    expect(actionsOf(name)).toEqual(actions);
  });

  it('the API and the sweeper start exactly what they must', () => {
    const started = (name: FunctionName) =>
      about(name, /^lambda:/).flatMap((text) =>
        [...text.matchAll(/(\w+?)Function[0-9A-F]{8}/g)].map(([, f]) => f),
      );

    expect(started('api')).toEqual(['Pack', 'Launch', 'Events', 'Results']);
    expect(started('ingest')).toEqual(['Events']);
    expect(started('query')).toEqual(['Results']);
    expect(started('sweep')).toEqual(['Launch', 'Events', 'Results']);
    expect(about('api', /^lambda:/).join()).not.toContain(':*');
  });

  it.each<readonly [FunctionName, readonly string[]]>([
    ['api', ['runs', 'bundles', 'packed', 'snapshots', 'drafts', 'workflows', 'events']],
    ['sweep', ['runs', 'snapshots', 'workflows']],
    ['pack', ['runs', 'packed']],
    ['events', ['events']],
    ['results', ['events']],
    ['ingest', ['events']],
    ['query', ['events']],
  ])('%s reaches objects below its prefixes only', (name, prefixes) => {
    const objects = about(name, /^s3:(?!List.*Bucket)/);

    const found = objects.map((text) => /\.?"\/(\w+)\/\*"/.exec(text)?.[1]);
    expect(found).toEqual(prefixes);
  });

  it('objects are removed by the API and the sweeper, and those of events by what stores and compacts them', () => {
    const removals = allowed(synthesize()).filter(({ Action }) =>
      list(Action).includes('s3:DeleteObject'),
    );

    expect(removals).toHaveLength(7);
    const about = (prefix: string) =>
      removals.filter((each) => JSON.stringify(each).includes(`"/${prefix}/*"`));
    const prefixes = ['runs', 'snapshots', 'drafts', 'workflows', 'events'];
    expect(prefixes.map((prefix) => about(prefix).length)).toEqual([2, 1, 1, 1, 2]);
  });

  it('the packer writes archives, and only reads what it packs', () => {
    const runs = about('pack', /^s3:/).filter((text) => text.includes('/runs/*"]'));

    expect(runs).toHaveLength(1);
    expect(runs[0]).toContain('"Action":"s3:GetObject"');
  });

  it.each<FunctionName>(['api', 'sweep', 'pack'])(
    '%s lists what lies below runs/, and no more',
    (name) => {
      const looks = allowedTo(synthesize(), name).filter(
        ({ Action }) => Action === 's3:ListBucket',
      );

      expect(looks.map(({ Condition }) => Condition)).toEqual([
        { StringLikeIfExists: { 's3:prefix': ['runs/*'] } },
      ]);
    },
  );

  it('queries reach the two indexes, everything else the table alone', () => {
    const tables = about('api', /^dynamodb:/);

    expect(tables).toHaveLength(2);
    expect(tables.filter((text) => text.includes('/index/'))).toEqual([
      expect.stringContaining('"Action":"dynamodb:Query"'),
    ]);
    expect(tables.join()).not.toContain('/index/*');
  });
});

describe('the launcher', () => {
  const launch = () => allowedTo(synthesize(VARIANTS.spot), 'launch');
  const one = (action: string) => {
    const found = launch().filter(({ Action }) => Action === action);
    expect(found).toHaveLength(1);
    return found[0];
  };
  const inCluster = {
    ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': [expect.stringMatching(/Cluster/), 'Arn'] } },
  };

  it('runs exactly the task definitions of the pools, in this cluster', () => {
    const definitions = Object.keys(
      resourcesOf(synthesize(VARIANTS.spot), 'AWS::ECS::TaskDefinition'),
    );

    expect(one('ecs:RunTask')).toMatchObject({ Condition: inCluster });
    expect(list(one('ecs:RunTask')?.Resource)).toEqual(definitions.map((Ref) => ({ Ref })));
    expect(one('ecs:ListTasks')).toMatchObject({ Resource: '*', Condition: inCluster });
    expect(one('ecs:DescribeTasks')).toMatchObject({ Condition: inCluster });
  });

  it('passes exactly the two roles of each task, to tasks alone', () => {
    const passed = one('iam:PassRole');

    expect(passed?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    expect(list(passed?.Resource)).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^WorkersTaskdefaultTaskRole/), 'Arn'] },
      { 'Fn::GetAtt': [expect.stringMatching(/^WorkersTaskdefaultExecutionRole/), 'Arn'] },
    ]);
  });
});

describe.each(Object.entries(OURS))('the whole stack (%s)', (_, context) => {
  it('names each action: no wildcard, no scan, nothing that changes the table or removes a version for good', () => {
    const actions = allowed(synthesize(context)).flatMap(({ Action }) => list(Action));

    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(
      actions.filter((each) => /Scan|Table$|PartiQL|DeleteObjectVersion|Secret|kms:/.test(each)),
    ).toEqual([]);
  });

  it('names the resource of each right, but where AWS knows none', () => {
    const everywhere = allowed(synthesize(context))
      .filter(({ Resource }) => list(Resource).includes('*'))
      .flatMap(({ Action }) => list(Action));

    expect(
      everywhere.filter((each) => !/^(ecr:GetAuthorizationToken|ecs:ListTasks)$/.test(each)),
    ).toEqual([]);
  });

  it('attaches no managed policy and lets no role be assumed but by its service', () => {
    const roles = Object.values(resourcesOf(synthesize(context), 'AWS::IAM::Role'));

    expect(roles.length).toBeGreaterThan(3);
    for (const { Properties } of roles) {
      expect(Properties?.ManagedPolicyArns).toBeUndefined();
      expect(JSON.stringify(Properties?.AssumeRolePolicyDocument)).toMatch(
        /"Principal":\{"Service":"(lambda|ecs-tasks)\.amazonaws\.com"\}/,
      );
    }
  });
});

describe('from outside', () => {
  it('bucket and queues are closed to plain HTTP, and the bucket to the public', () => {
    const template = synthesize();

    const denials = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'].map((type) =>
      [...statementsOf(template, type).values()]
        .flat()
        .filter(
          ({ Effect, Condition }) =>
            Effect === 'Deny' &&
            JSON.stringify(Condition).includes('"aws:SecureTransport":"false"'),
        ),
    );

    expect(denials.map(({ length }) => length)).toEqual([1, 4]);
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });
});
