/** The CDK CLI as people call it: no account, no network, no Docker, and always the same result. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { projectRoot, run } from '../../infra/local/process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-synth-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With nothing in the environment but Node: no credentials, no region, no Docker on the path. */
async function synthesize(name: string, ...context: string[]): Promise<string> {
  const output = join(folder, name);
  const cli = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const env = { PATH: join(projectRoot, 'node_modules', '.bin'), HOME: folder, NO_COLOR: '1' };
  const flags = ['--quiet', '--no-notices', '--no-version-reporting', '--output', output];
  await run(process.execPath, [cli, 'synth', ...flags, ...context], {
    env: { ...env, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  return output;
}

const Assets = z.object({
  files: z.record(z.string(), z.looseObject({})),
  dockerImages: z.record(z.string(), z.object({ source: z.object({ platform: z.string() }) })),
});

/** Some seconds on a quiet machine. */
const PATIENCE_MS = 300_000;

it(
  'makes the same template and the same assets twice, without an account or Docker',
  async () => {
    const [first, second] = await Promise.all([synthesize('one'), synthesize('two')]);

    const read = (at: string, file: string) => readFile(join(at, file), 'utf8');
    for (const file of ['Assay-dev.template.json', 'Assay-dev.assets.json']) {
      expect(await read(second, file)).toBe(await read(first, file));
    }
    const assets = Assets.parse(JSON.parse(await read(first, 'Assay-dev.assets.json')));
    // Ten functions and the template; the image is built when the stack is deployed.
    expect(Object.keys(assets.files)).toHaveLength(11);
    expect(Object.values(assets.dockerImages).map(({ source }) => source.platform)).toEqual([
      'linux/arm64',
    ]);
    const [image] = Object.keys(assets.dockerImages);
    expect(await readdir(join(first, `asset.${image}`))).toContain('Dockerfile');
  },
  PATIENCE_MS,
);

it(
  'says what is wrong with a pool’s packages',
  async () => {
    const pools = '[{"name":"default","requirements":"not/there.txt"}]';

    await expect(synthesize('three', '-c', `pools=${pools}`)).rejects.toThrow(
      /The pool "default" wants the packages of not\/there\.txt, which is not there/,
    );
  },
  PATIENCE_MS,
);
