/** Dioptra's own client, from its package on PyPI, drives the workflows. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { embeddedPlatform } from '#embedded/context.ts';
import { startLocalServer } from '#entry/local-server.ts';
import { ensureStockPython } from '../../infra/local/sample/python.ts';

const script = fileURLToPath(new URL('./client/workflows.py', import.meta.url));

it('analyses code and imports files and archives by the official client', async () => {
  const python = await ensureStockPython();
  const folder = await mkdtemp(join(tmpdir(), 'assay-client-'));
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: 'http://127.0.0.1:1',
    secret: 'a secret of this test only',
    settings: { registration: 'open', pools: [], passwordLogN: 4, version: 'test' },
    log: { info: () => undefined, error: (event, fields) => console.error(event, fields) },
  });
  const server = await startLocalServer({ platform, port: 0 });
  try {
    const { stdout } = await promisify(execFile)(python, [script, server.url], {
      cwd: folder,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const answers = JSON.parse(stdout);

    expect(answers.analysis.tasks).toMatchObject([{ name: 'load', outputs: [] }]);
    expect(answers.files).toMatchObject({ message: 'successfully imported' });
    expect(Object.keys(answers.files.resources.entrypoints)).toEqual(['one']);
    expect(answers.archive.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(answers.update.resources).toEqual(answers.archive.resources);
    expect(answers.again).toMatch(/409|Exists/);
    expect(answers.git).toMatch(/400|ImportFailed/);
  } finally {
    await server.close();
    platform.close();
    await rm(folder, { recursive: true, force: true });
  }
});
