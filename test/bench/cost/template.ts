/** The template that would be deployed, made in this process. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../../infra/config.ts';
import type { Resources } from '../../../infra/idle-cost.ts';
import { projectRoot } from '../../../infra/local/process.ts';
import { AssayStack } from '../../../infra/stack.ts';

/** Functions of one line: what they do is not in a template. */
async function stubBundles(folder: string): Promise<void> {
  const entries = await readdir(join(projectRoot, 'functions', 'entry'));
  for (const entry of entries.filter((name) => name.endsWith('.lambda.ts'))) {
    const bundle = join(folder, entry.replace('.lambda.ts', ''));
    await mkdir(bundle);
    await writeFile(join(bundle, 'index.mjs'), 'export const handler = () => {};\n');
  }
}

/** The resources of a deployment with this context and a ready image of the worker. */
export async function deployedResources(
  context: Readonly<Record<string, unknown>> = {},
): Promise<Resources> {
  const bundles = await mkdtemp(join(tmpdir(), 'assay-cost-'));
  try {
    await stubBundles(bundles);
    const choices: Record<string, unknown> = { workerImage: 'registry.test/worker:1', ...context };
    const config = readConfig((key) => choices[key]);
    const app = new App({ analyticsReporting: false });
    const stack = new AssayStack(app, 'Assay', { config, bundles, images: bundles });
    return Template.fromStack(stack).toJSON().Resources;
  } finally {
    await rm(bundles, { recursive: true, force: true });
  }
}

/** Memory of the function whose logical id begins so, in MB. */
export function megabytesOf(resources: Resources, name: string): number {
  const found = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(name),
  );
  const memory = Number(found?.[1].Properties?.MemorySize);
  if (!(memory > 0)) throw new Error(`The template has no function ${name}.`);
  return memory;
}
