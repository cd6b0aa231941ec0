import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  environmentReads,
  forbiddenImports,
  hiddenInputs,
  importsOf,
  isWriter,
  type Source,
  unguardedWrites,
} from './support/architecture.ts';

/** Below these numbers the scan has lost sight of the tree; raise them as it grows. */
const fewestFiles = 1_000;
const fewestImports = 4_000;
const fewestWriters = 20;

/** Writes that need no permission of the caller, each with its reason. */
const withoutPermission: Readonly<Record<string, string>> = {
  'domain/artifacts/packing.items.ts':
    'it notes who makes an archive of what a verb has let the caller read',
  'domain/flags/continuity.ts':
    'the public token of the project is the permission, as for the flags that it goes with',
  'domain/identity/password-tries.ts:tryPassword':
    'a password is the permission, and each try must be counted first',
  'domain/identity/sessions.ts:startSession': 'signing in is where permission comes from',
  'domain/jobs/change-job.ts:changeJob':
    'one step of the verbs that move jobs; each asks by its own rule',
  'domain/jobs/claim/slots.ts:freeSlot': 'follows the transaction of a verb that has asked',
  'domain/onboarding/register-user.ts': 'it asks whether registration is open, and acts as system',
  'domain/overview/storage/storage.items.ts':
    'it notes who counts what a verb has let the caller have counted',
  'domain/resources/list/drop-list.ts:dropList':
    'it clears away what a guarded verb has taken the last reader from',
  'domain/resources/list/fold.ts': 'it rearranges what guarded verbs wrote, and adds nothing',
  'domain/tracking/inputs/dataset-content.ts:keepDataset':
    'it keeps what a verb that has asked logs of a run',
  'domain/tracking/run-index/lagging.ts':
    'it marks a run beside the write of a verb that has asked, so that searches look at it anew',
};

const functionsFolder = fileURLToPath(new URL('../functions', import.meta.url));
const sources: readonly Source[] = globSync('**/*.{ts,tsx}', { cwd: functionsFolder })
  .sort()
  .map((path) => ({ path, text: readFileSync(join(functionsFolder, path), 'utf8') }));
const writers = sources.filter(isWriter);

describe('the house', () => {
  it('was seen whole', () => {
    const imports = sources.reduce((sum, { text }) => sum + importsOf(text).length, 0);

    expect(sources.length).toBeGreaterThanOrEqual(fewestFiles);
    expect(imports).toBeGreaterThanOrEqual(fewestImports);
    expect(writers.length).toBeGreaterThanOrEqual(fewestWriters);
  });

  it('lets each layer import only what it may know', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  it('reads the environment only in functions/entry', () => {
    expect(sources.flatMap(environmentReads)).toEqual([]);
  });

  it('takes time and ids from the context', () => {
    expect(sources.flatMap(hiddenInputs)).toEqual([]);
  });

  it('keeps every file within 400 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 400);

    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('asks for permission in every verb that writes, before it writes', () => {
    const unguarded = writers.flatMap(unguardedWrites);

    expect(unguarded.filter((each) => !(each in withoutPermission))).toEqual([]);
    // An exception that is no longer needed must go.
    expect(Object.keys(withoutPermission).filter((each) => !unguarded.includes(each))).toEqual([]);
  });
});

describe('the rules notice', () => {
  it.each([
    ['kernel/a.ts', "import { Hono } from 'hono';"],
    ['kernel/a.ts', "import { readFileSync } from 'node:fs';"],
    ['kernel/a.ts', "import { x } from '#domain/jobs/index.ts';"],
    ['http/a.ts', "import type { S3Client } from '@aws-sdk/client-s3';"],
    ['http/a.ts', "export { x } from '#domain/jobs/index.ts';"],
    ['domain/jobs/a.ts', "import { x } from '#domain/queues/queues.items.ts';"],
    ['domain/jobs/a.ts', "import { x } from '../queues/queues.items.ts';"],
    ['domain/identity/a.ts', "import { x } from '#domain/jobs/index.ts';"],
    ['domain/jobs/a.ts', "import { x } from '#domain/abtests/index.ts';"],
    ['domain/jobs/a.ts', "const { Hono } = await import('hono');"],
    ['domain/jobs/a.ts', "import '@aws-sdk/client-sqs';"],
    ['domain/jobs/a.ts', "import {\n  a,\n  b,\n} from '#surfaces/mlflow/wire.ts';"],
    ['domain/stats/a.ts', "import type { Context } from '#kernel/context.ts';"],
    ['aws/a.ts', "import { x } from '#embedded/sqlite.ts';"],
    ['embedded/a.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['embedded/a.ts', "import { x } from '#domain/jobs/index.ts';"],
    ['surfaces/mlflow/a.ts', "import { x } from '#surfaces/dioptra/wire.ts';"],
    ['surfaces/mlflow/a.ts', "import { x } from '#domain/jobs/submit/submit.ts';"],
    ['surfaces/oracle/a.ts', "import { x } from '#surfaces/mlflow/wire.ts';"],
    ['git/a.ts', "import { x } from '#domain/jobs/index.ts';"],
    ['git/a.ts', "import { readFileSync } from 'node:fs';"],
    ['domain/jobs/a.ts', "import { x } from '#git/repositories.ts';"],
    ['git/a.ts', "import { x } from '#archives/read-archive.ts';"],
    ['archives/a.ts', "import { x } from '#domain/jobs/index.ts';"],
    ['archives/a.ts', "import { get } from 'node:https';"],
    ['http/a.ts', "import { x } from '#archives/read-archive.ts';"],
    ['surfaces/mlflow/a.ts', "import { x } from '#archives/read-archive.ts';"],
    ['worker/a.ts', "import { x } from '#domain/jobs/submit/submit.ts';"],
    ['worker/a.ts', "import { SQSClient } from '@aws-sdk/client-sqs';"],
    ['surfaces/mlflow/a.ts', "import { x } from '../../kernel/errors.ts';"],
    ['domain/jobs/a.ts', 'const x = await import(name);'],
    ['unknown/a.ts', "import { x } from '#kernel/errors.ts';"],
  ])('that %s must not: %s', (path, text) => {
    expect(forbiddenImports({ path, text })).toHaveLength(1);
  });

  it.each([
    ['kernel/a.ts', "import * as z from 'zod';\nimport { createHash } from 'node:crypto';"],
    ['domain/jobs/a.ts', "import { x } from '#domain/queues/index.ts';\nimport y from 'yaml';"],
    ['domain/abtests/a.ts', "import { x } from '#domain/stats/index.ts';"],
    ['domain/stats/a.ts', "import { x } from './normal.ts';"],
    ['aws/a.ts', "const { S3Client } = await import('@aws-sdk/client-s3');"],
    ['surfaces/oracle/a.ts', "import { mlflow } from '#surfaces/mlflow/index.ts';"],
    ['worker/a.ts', "import { Claim } from '#domain/jobs/protocol.ts';"],
    ['worker/a.ts', "import { openArchive } from '#archives/open-archive.ts';"],
    ['domain/workflows/a.ts', "import { readArchive } from '#archives/read-archive.ts';"],
    [
      'archives/a.ts',
      "import { extract } from 'tar-stream';\nimport { x } from '#kernel/errors.ts';",
    ],
    ['git/a.ts', "import https from 'node:https';"],
    ['entry/a.ts', "import { x } from '#domain/jobs/submit/submit.ts';"],
    ['domain/jobs/a.ts', "// import { Hono } from 'hono';\n * import('hono')"],
  ])('that %s may: %s', (path, text) => {
    expect(forbiddenImports({ path, text })).toEqual([]);
  });

  it.each([
    'const x = process.env.HOME;',
    'const { env } = process;',
    "import { argv, env } from 'node:process';",
  ])('an environment read: %s', (text) => {
    expect(environmentReads({ path: 'worker/loop.ts', text })).toHaveLength(1);
    expect(environmentReads({ path: 'entry/local.ts', text })).toEqual([]);
  });

  it.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const id = crypto.randomUUID();',
  ])('a hidden input: %s', (text) => {
    expect(hiddenInputs({ path: 'domain/jobs/a.ts', text })).toHaveLength(1);
    expect(hiddenInputs({ path: 'embedded/a.ts', text })).toEqual([]);
  });

  it('a verb that writes and never asks, or asks too late', () => {
    const never = 'export async function a(ctx) {\n  await ctx.table.write(x);\n}\n';
    const late =
      'export async function b(ctx) {\n  await ctx.table.transact(x);\n  requireUser(ctx);\n}\n';
    const second =
      'export async function c(ctx) {\n  requirePermission(ctx);\n  await ctx.table.bulk(x);\n}\n';
    const find = (text: string) => unguardedWrites({ path: 'domain/x/y.ts', text });

    expect(find(never)).toEqual(['domain/x/y.ts:a']);
    expect(find(late)).toEqual(['domain/x/y.ts:b']);
    expect(find(second)).toEqual([]);
    expect(find(second + never)).toEqual(['domain/x/y.ts:a']);
    expect(find('const a = async (ctx) => {\n  await ctx.table.write(x);\n};\n')).toEqual([
      'domain/x/y.ts',
    ]);
    expect(find(`${never.replace('  await', '  // requireUser(ctx)\n  await')}`)).toHaveLength(1);
  });
});
