/** Stacks made in this process, each once: with functions and images of one line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../infra/config.ts';
import type { Resources } from '../../infra/idle-cost.ts';
import { type FunctionName, RIGHTS } from '../../infra/rights.ts';
import { AssayStack } from '../../infra/stack.ts';

export type Context = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'assay-stack-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const bundles = join(folder, 'bundles');
const images = join(folder, 'images');
const put = (directory: string, name: string, text: string): void => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), text);
};
for (const name of Object.keys(RIGHTS)) {
  put(join(bundles, name), 'index.mjs', 'export const handler = () => {};\n');
}
for (const name of ['worker', 'pool.gpu']) {
  put(join(images, name), 'Dockerfile', `FROM scratch\nLABEL of=${name}\n`);
}

/** A fresh app with the stack that this context asks for. */
export function makeStack(context: Context = {}): AssayStack {
  const app = new App({ analyticsReporting: false });
  return new AssayStack(app, 'Assay', {
    config: readConfig((key) => context[key]),
    bundles,
    images,
  });
}

const made = new Map<string, Template>();

/** The template of a context; the same one is made once in a file. */
export function synthesize(context: Context = {}): Template {
  const key = JSON.stringify(context);
  const template = made.get(key) ?? Template.fromStack(makeStack(context));
  made.set(key, template);
  return template;
}

/** Contexts beyond the default one, by what they show. */
export const VARIANTS = {
  prod: { stage: 'prod', alarmsEmail: 'ops@example.org', dashboard: 'true' },
  domain: {
    domain: 'assay.example.org',
    certificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d',
  },
  provisioned: { provisioned: '2' },
  codebuild: {
    buildImage: 'codebuild',
    pools: '[{"name":"default"},{"name":"gpu","requirements":"gpu.txt","arch":"x86_64"}]',
  },
  external: {
    pools: '[{"name":"default","kind":"external"},{"name":"gpu","kind":"external"}]',
  },
  spot: { pools: '[{"name":"default","spot":true,"max":9,"concurrency":2}]' },
  x86: { pools: '[{"name":"default","arch":"x86_64","cpu":1024,"memory":4096}]' },
  ready: { workerImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/worker:7' },
} as const satisfies Readonly<Record<string, Context>>;

/** The resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): Resources {
  return template.findResources(type) as Resources;
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

export const list = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T];

/** The statements of policies of a type, by the policy's logical id. */
export function statementsOf(
  template: Template,
  type = 'AWS::IAM::Policy',
): ReadonlyMap<string, readonly Statement[]> {
  return new Map(
    Object.entries(template.findResources(type)).map(([id, { Properties }]) => [
      id,
      Properties.PolicyDocument.Statement as readonly Statement[],
    ]),
  );
}

/** Every statement that allows something to a role of the stack. */
export const allowed = (template: Template): readonly Statement[] =>
  [...statementsOf(template).values()].flat().filter(({ Effect }) => Effect === 'Allow');

/** What a function's own role allows. */
export function allowedTo(template: Template, name: FunctionName): readonly Statement[] {
  const start = `${name[0]?.toUpperCase()}${name.slice(1)}FunctionRole`;
  return [...statementsOf(template)].flatMap(([id, found]) => (id.startsWith(start) ? found : []));
}
