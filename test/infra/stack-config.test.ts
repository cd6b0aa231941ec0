import { describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';

const read = (context: Readonly<Record<string, unknown>>) => readConfig((key) => context[key]);
const pools = (...more: readonly Record<string, unknown>[]) => ({
  pools: JSON.stringify([{ name: 'default' }, ...more]),
});

describe('the configuration', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>, RegExp]>([
    ['a stage with capitals', { stage: 'Prod!' }, /stage/],
    ['a registration that is none', { registration: 'maybe' }, /registration/],
    ['hosts of git that are URLs', { gitHosts: '["https://github.com"]' }, /gitHosts\[0\]/],
    ['hosts of git that are addresses', { gitHosts: '["10.0.0.1"]' }, /gitHosts\[0\]/],
    ['origins of pages that are any', { pageOrigins: '["*"]' }, /pageOrigins\[0\]/],
    ['origins of pages with a path', { pageOrigins: '["https://a.test/ui"]' }, /pageOrigins\[0\]/],
    ['hosts of git that are no list', { gitHosts: 'github.com' }, /gitHosts/],
    ['pools without default', { pools: '[{"name":"gpu"}]' }, /pool named "default"/],
    ['a pool twice', pools({ name: 'default' }), /twice/],
    ['pools that are no JSON', { pools: 'default,gpu' }, /pools/],
    ['an unknown member of a pool', pools({ name: 'gpu', cpus: 4 }), /"cpus"[\s\S]*pools\[1\]/],
    [
      'a kind of pool that is none',
      pools({ name: 'gpu', kind: 'on-site' }),
      /'managed' \| 'external'[\s\S]*pools\[1\]\.kind/,
    ],
    [
      'a machine for an external pool',
      pools({ name: 'gpu', kind: 'external', cpu: 512 }),
      /"cpu"[\s\S]*pools\[1\]/,
    ],
    [
      'a cpu that Fargate has not',
      pools({ name: 'gpu', cpu: 300 }),
      /256, 512, 1024[\s\S]*pools\[1\]\.cpu/,
    ],
    [
      'memory that does not go with the cpu',
      pools({ name: 'gpu', cpu: 4096, memory: 4096 }),
      /4096 does not go with a cpu of 4096 on Fargate; use 8192, 9216, … 30720[\s\S]*pools\[1\]\.memory/,
    ],
    ['no task at all', pools({ name: 'gpu', max: 0 }), /pools\[1\]\.max/],
    ['an architecture that is none', pools({ name: 'gpu', arch: 'riscv' }), /pools\[1\]\.arch/],
    [
      'packages for a ready image of the pool',
      pools({ name: 'gpu', image: 'a/b:1', requirements: 'r.txt' }),
      /ready image a\/b:1; drop the image[\s\S]*pools\[1\]\.requirements/,
    ],
    [
      'packages for a ready image of all',
      { workerImage: 'a/b:1', ...pools({ name: 'gpu', requirements: 'r.txt' }) },
      /pools\[1\]\.requirements/,
    ],
    ['an image that is none', { workerImage: 'my image' }, /name of an image[\s\S]*workerImage/],
    [
      'an image of a pool that is none',
      pools({ name: 'gpu', image: 'https://a/b' }),
      /name of an image[\s\S]*pools\[1\]\.image/,
    ],
    ['a build of a ready image', { workerImage: 'a/b:1', buildImage: 'codebuild' }, /buildImage/],
    ['a domain without a certificate', { domain: 'assay.example.org' }, /certificate/],
    [
      'a certificate without a domain',
      { certificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' },
      /domain/,
    ],
    ['a URL for a domain', { domain: 'https://assay.example.org' }, /host name[\s\S]*domain/],
    [
      'a certificate that is no ARN',
      { domain: 'a.example.org', certificate: 'mine' },
      /ARN[\s\S]*certificate/,
    ],
    [
      'prod without its data',
      { stage: 'prod', retain: 'false' },
      /must be true in the stage "prod"[\s\S]*retain/,
    ],
    ['a flag that is none', { retain: 'perhaps' }, /true or false[\s\S]*retain/],
    ['an address that is none', { alarmsEmail: 'ops' }, /alarmsEmail/],
    ['warm instances below zero', { provisioned: '-1' }, /provisioned/],
    ['an attempt with spaces', { firstAdmin: 'a b' }, /firstAdmin/],
    ['days that CloudWatch has not', { logDays: '31' }, /logDays/],
    ['no requests', { requestsPerSecond: '0' }, /requestsPerSecond/],
  ])('refuses %s and names it', (_, context, message) => {
    expect(() => read(context)).toThrow(message);
  });

  it('needs nothing, lets nobody register and keeps data', () => {
    expect(read({})).toEqual({
      stage: 'dev',
      retain: true,
      registration: 'closed',
      firstAdmin: '1',
      gitHosts: [],
      pageOrigins: [],
      pools: [
        {
          name: 'default',
          kind: 'managed',
          cpu: 256,
          memory: 512,
          max: 4,
          spot: false,
          arch: 'arm64',
          concurrency: 1,
        },
      ],
      buildImage: 'docker',
      provisioned: 0,
      dashboard: false,
      logDays: 30,
      requestsPerSecond: 500,
    });
  });

  it.each([
    [256, 512],
    [512, 1024],
    [1024, 2048],
    [2048, 4096],
    [4096, 8192],
    [8192, 16384],
    [16384, 32768],
  ])('gives a cpu of %s the least memory that goes with it, %s', (cpu, memory) => {
    expect(read({ pools: [{ name: 'default', cpu }] }).pools).toEqual([
      expect.objectContaining({ cpu, memory }),
    ]);
  });

  it('takes what cdk.json says as well as what a command line says', () => {
    const choices = { retain: false, provisioned: 2, dashboard: true, requestsPerSecond: 5 };
    const words = Object.entries(choices).map(([key, value]) => [key, String(value)]);

    expect(read(choices)).toEqual(read(Object.fromEntries(words)));
    expect(read(choices)).toMatchObject(choices);
  });

  it('reads its own keys only', () => {
    const asked: string[] = [];
    readConfig((key) => void asked.push(key));

    expect(asked).toContain('pools');
    expect(asked.filter((key) => key.startsWith('@') || key.startsWith('aws'))).toEqual([]);
  });
});
