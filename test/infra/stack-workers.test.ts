import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readEnv } from '../../functions/entry/env.ts';
import { WorkerEnv } from '../../functions/entry/worker-env.ts';
import { allowed, list, resourcesOf, synthesize, VARIANTS } from './stack-synth.ts';

interface Container {
  readonly Name: string;
  readonly Image: unknown;
  readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly MountPoints: readonly { readonly ContainerPath: string; readonly ReadOnly: boolean }[];
}

const tasksOf = (template: ReturnType<typeof synthesize>) =>
  Object.values(resourcesOf(template, 'AWS::ECS::TaskDefinition')).map(
    ({ Properties }) => Properties ?? {},
  );

const containerOf = (template: ReturnType<typeof synthesize>): Container => {
  const [container] = list(tasksOf(template)[0]?.ContainerDefinitions) as readonly Container[];
  if (container === undefined) throw new Error('There is no container.');
  return container;
};

describe('the task of a pool', () => {
  it('is the smallest that Fargate has, on arm64, unless the pool says otherwise', () => {
    const size = { Cpu: '256', Memory: '512', RequiresCompatibilities: ['FARGATE'] };
    expect(tasksOf(synthesize())).toEqual([expect.objectContaining(size)]);
    expect(tasksOf(synthesize(VARIANTS.x86))).toEqual([
      expect.objectContaining({
        Cpu: '1024',
        Memory: '4096',
        RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
      }),
    ]);
  });

  it('gives the worker an environment that it can read, once the launcher adds a token', () => {
    const { Environment } = containerOf(synthesize(VARIANTS.spot));
    const words = Environment.map(({ Name, Value }) => [
      Name,
      typeof Value === 'string' ? Value : 'https://word.test',
    ]);

    const ofImage = { WORK_DIR: '/work', PYTHON: '/opt/python/bin/python3' };
    const env = { ...Object.fromEntries(words), ...ofImage, WORKER_TOKEN: 'token' };
    expect(readEnv(WorkerEnv, env)).toMatchObject({
      POOL: 'default',
      WAKE: 'sqs',
      CONCURRENCY: 2,
      IDLE_SECONDS: 120,
      DRAIN_SECONDS: 90,
    });
  });

  it('runs read-only but for its work and temporary files, with time to drain', () => {
    const container = containerOf(synthesize());

    expect(container).toMatchObject({
      Name: 'worker',
      ReadonlyRootFilesystem: true,
      StopTimeout: 120,
      LinuxParameters: { InitProcessEnabled: true },
      LogConfiguration: { LogDriver: 'awslogs' },
    });
    expect(container.MountPoints.map(({ ContainerPath }) => ContainerPath)).toEqual([
      '/work',
      '/tmp',
    ]);
  });

  it('may take messages off its own queue, and nothing else', () => {
    const template = synthesize(VARIANTS.codebuild);
    const policies = resourcesOf(template, 'AWS::IAM::Policy');
    const own = Object.entries(policies).filter(([id]) => /Task(default|gpu)TaskRole/.test(id));

    expect(own).toHaveLength(2);
    for (const [id, { Properties }] of own) {
      const pool = /Task(default|gpu)/.exec(id)?.[1];
      expect(Object(Properties?.PolicyDocument).Statement).toEqual([
        {
          Action: [
            'sqs:ChangeMessageVisibility',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
            'sqs:ReceiveMessage',
          ],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [expect.stringMatching(`^Pool${pool}Queue`), 'Arn'] },
        },
      ]);
    }
  });
});

describe('the network of workers', () => {
  it('is public, in two zones, free of charge, and lets nothing in', () => {
    const template = synthesize();

    template.resourceCountIs('AWS::EC2::Subnet', 2);
    const zones = Object.values(resourcesOf(template, 'AWS::EC2::Subnet')).map(
      ({ Properties }) => Properties?.AvailabilityZone,
    );
    expect(zones).toEqual([0, 1].map((n) => ({ 'Fn::Select': [n, { 'Fn::GetAZs': '' }] })));
    const endpoints = Object.values(resourcesOf(template, 'AWS::EC2::VPCEndpoint'));
    expect(endpoints.map(({ Properties }) => Properties?.VpcEndpointType)).toEqual([
      'Gateway',
      'Gateway',
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(),
    });
    template.hasResourceProperties('AWS::ECS::Cluster', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
  });

  it('is not there when all workers are elsewhere, and neither is what starts them', () => {
    const template = synthesize(VARIANTS.external);

    const types = Object.values(template.toJSON().Resources).map((each) => Object(each).Type);
    expect(types.filter((type) => /^AWS::(EC2|ECS|ECR|CodeBuild)::/.test(type))).toEqual([]);
    // Of events, and where those go that cannot be stored.
    template.resourceCountIs('AWS::SQS::Queue', 2);
    expect(Object.keys(resourcesOf(template, 'AWS::Lambda::Function'))).toHaveLength(10);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 6);
    template.hasOutput('Pools', {
      Value: '[{"name":"default","kind":"external"},{"name":"gpu","kind":"external"}]',
    });
  });
});

describe('the image of workers', () => {
  it('is one asset for all pools of an architecture without packages of their own', () => {
    const pools = [
      { name: 'default' },
      { name: 'other' },
      { name: 'gpu', requirements: 'gpu.txt' },
      { name: 'x86', arch: 'x86_64' },
    ];
    const images = tasksOf(synthesize({ pools })).map(({ ContainerDefinitions }) =>
      JSON.stringify((list(ContainerDefinitions) as readonly Container[])[0]?.Image),
    );

    expect(images).toHaveLength(4);
    expect(images[0]).toBe(images[1]);
    expect(new Set(images).size).toBe(3);
  });

  it('can be a ready one, which may be pulled when it lies in ECR', () => {
    const template = synthesize(VARIANTS.ready);

    expect(JSON.stringify(containerOf(template).Image)).toContain('team/worker:7');
    const pulls = allowed(template).filter(({ Action }) =>
      list(Action).includes('ecr:BatchGetImage'),
    );
    expect(JSON.stringify(pulls.map(({ Resource }) => Resource))).toContain(
      ':ecr:eu-west-1:123456789012:repository/team/worker',
    );
    const elsewhere = synthesize({ workerImage: 'ghcr.io/example/worker:7' });
    expect(containerOf(elsewhere).Image).toBe('ghcr.io/example/worker:7');
    expect(JSON.stringify(allowed(elsewhere))).not.toContain('ecr:');
  });

  it('can be built in the account, into a repository that keeps a few', () => {
    const template = synthesize(VARIANTS.codebuild);

    template.resourceCountIs('AWS::CodeBuild::Project', 2);
    template.resourceCountIs('Custom::CDKContainerImageBuild', 2);
    const [repository] = Object.values(resourcesOf(template, 'AWS::ECR::Repository'));
    const policy = String(Object(repository?.Properties?.LifecyclePolicy).LifecyclePolicyText);
    const rules: readonly { selection: unknown }[] = JSON.parse(policy).rules;
    expect(rules.map(({ selection }) => selection)).toEqual([
      expect.objectContaining({ tagPrefixList: ['arm64.worker.'], countNumber: 3 }),
      expect.objectContaining({ tagPrefixList: ['x86_64.pool.gpu.'], countNumber: 3 }),
    ]);
  });
});
