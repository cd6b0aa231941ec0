import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/local/process.ts';

describe('an option that is none', () => {
  it.each([
    ['infra/local/start.ts', '--external NAME'],
    ['infra/local/start.ts', '--git-host HOST'],
    ['infra/local/start-aws.ts', '--endpoint URL'],
    ['infra/local/worker.ts', '--concurrency N'],
    ['test/bench/cost/main.ts', '--json'],
    ['test/bench/main.ts', '--quick'],
  ])('ends %s, which names those that are', (file, option) => {
    const ended = spawnSync(process.execPath, [file, '--prot'], {
      cwd: projectRoot,
      encoding: 'utf8',
    });

    expect(ended.status).not.toBe(0);
    expect(ended.stderr).toContain("'--prot'");
    expect(ended.stderr).toContain(option);
  });
});
