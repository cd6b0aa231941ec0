import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/local/process.ts';

const COMMANDS = [
  ['infra/local/start.ts', '--external NAME'],
  ['infra/local/start.ts', '--git-host HOST'],
  ['infra/local/start-aws.ts', '--endpoint URL'],
  ['infra/local/worker.ts', '--concurrency N'],
  ['test/bench/cost/main.ts', '--json'],
  ['infra/mlflow-ui/main.ts', '--url URL'],
  ['test/bench/main.ts', '--quick'],
] as const;

const started = (file: string, option: string) =>
  spawnSync(process.execPath, [file, option], { cwd: projectRoot, encoding: 'utf8' });

describe('an option that is none', () => {
  it.each(COMMANDS)('ends %s, which names those that are', (file, option) => {
    const ended = started(file, '--prot');

    expect(ended.status).not.toBe(0);
    expect(ended.stderr).toContain("'--prot'");
    expect(ended.stderr).toContain(option);
  });
});

it.each(COMMANDS)('--help tells how to use %s, and starts nothing', (file, option) => {
  const ended = started(file, '--help');

  expect([ended.status, ended.stderr]).toEqual([0, '']);
  expect(ended.stdout).toContain(option);
});
