import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = 'infra/local/bootstrap.mjs';
let clone = '';
let tools = '';

/** A clone that holds only what the bootstrap reads, and a PATH that holds only what a test puts there. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'assay-bootstrap-'));
  tools = join(clone, 'tools');
  mkdirSync(tools);
  mkdirSync(join(clone, 'infra', 'local'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', script]) {
    cpSync(join(root, file), join(clone, file));
  }
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(clone, script), ...args], {
    encoding: 'utf8',
    env: { PATH: tools, HOME: clone, ...env },
  });

/** A program on the PATH of the test that is a few lines of shell. */
function tool(name: string, lines: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${lines}\n`);
  chmodSync(join(tools, name), 0o755);
}

/** A task that prints what it was given, in place of the real one. */
function task(file: string, text: string): void {
  writeFileSync(join(clone, 'infra', 'local', file), text);
}

const goodPython = 'echo "3 12 1"';

/** As if `npm install` had run: the stamp comes from a real run with an npm that succeeds. */
function pretendInstalled(): void {
  tool('npm', 'echo "$@" >> npm-calls');
  mkdirSync(join(clone, 'node_modules', '.bin'), { recursive: true });
  mkdirSync(join(clone, 'node_modules', 'node', 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(clone, 'node_modules', 'node', 'bin', 'node'));
}

describe('the bootstrap', () => {
  it('names the tasks when it is given none or a wrong one', () => {
    for (const args of [[], ['strat'], ['toString']]) {
      const { status, stderr } = run(args);

      expect(status).toBe(1);
      expect(stderr).toMatch(/start, start:aws, serve:test, test/);
    }
  });

  it('says what to do when the Node of the shell is too old', () => {
    const older = 'Object.defineProperty(process, "versions", { value: { node: "18.20.4" } })';

    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${older}`, join(clone, script), 'serve:test'],
      { encoding: 'utf8', env: { PATH: tools, HOME: clone } },
    );

    expect(status).toBe(1);
    expect(stderr).toMatch(/Node 18\.20\.4 is too old[\s\S]*Install a current Node LTS/);
  });

  it('says what to do when there is no Python', () => {
    const { status, stderr } = run(['start']);

    expect(status).toBe(1);
    expect(stderr).toMatch(/Python 3\.11 or newer was not found[\s\S]*ASSAY_PYTHON=/);
    expect(existsSync(join(clone, 'node_modules'))).toBe(false);
  });

  it.each([
    ['3 9 1', /python3 is Python 3\.9\./],
    ['3 12 0', /python3 is Python 3\.12 without the venv module/],
  ])('says what is wrong with a Python that answers "%s"', (answer, message) => {
    tool('python3', `echo "${answer}"`);

    const { status, stderr } = run(['start']);

    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('says what to do when the registry cannot be reached', () => {
    const realNpm = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
    const env = {
      PATH: [tools, dirname(process.execPath), dirname(realNpm), '/usr/bin', '/bin'].join(
        delimiter,
      ),
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: join(clone, 'cache'),
    };

    const { status, stderr } = run(['serve:test'], env);

    expect(status).toBe(1);
    expect(stderr).toMatch(/ECONNREFUSED/);
    expect(stderr).toMatch(/could not download its dependencies[\s\S]*needs a network/);
  });

  it('shows npm’s own words when the install fails for another reason', () => {
    tool('npm', 'echo "npm error disk is full" >&2; exit 1');

    const { status, stderr } = run(['serve:test']);

    expect(status).toBe(1);
    expect(stderr).toMatch(/disk is full[\s\S]*`npm install` failed/);
    expect(stderr).not.toMatch(/needs a network/);
  });

  it('installs once, and again when the lock changes', () => {
    pretendInstalled();
    task('serve-test.ts', '');
    const calls = () => readFileSync(join(clone, 'npm-calls'), 'utf8').trim().split('\n').length;

    expect(run(['serve:test']).status).toBe(0);
    expect(run(['serve:test']).status).toBe(0);
    expect(calls()).toBe(1);

    writeFileSync(join(clone, 'package-lock.json'), '{}');
    expect(run(['serve:test']).status).toBe(0);
    expect(calls()).toBe(2);
  });

  it('hands over arguments, the Python that it found and the exit code', () => {
    pretendInstalled();
    tool('python3', goodPython);
    task(
      'start.ts',
      'const argv: string[] = process.argv.slice(2);\n' +
        'console.log(JSON.stringify([argv, process.env.ASSAY_PYTHON]));\nprocess.exit(7);\n',
    );

    const { status, stdout } = run(['start', '--once', '--port', '1']);

    expect(status).toBe(7);
    expect(JSON.parse(stdout)).toEqual([['--once', '--port', '1'], 'python3']);
  });

  it('passes a signal on and waits for the task to end in order', async () => {
    pretendInstalled();
    task(
      'serve-test.ts',
      "process.once('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(3); }, 200));\n" +
        "console.log('up');\nsetInterval(() => {}, 1000);\n",
    );
    const child = spawn(process.execPath, [join(clone, script), 'serve:test'], {
      env: { PATH: tools, HOME: clone },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (printed === '') child.kill('SIGTERM');
      printed += chunk.toString();
    });

    const [code] = await once(child, 'close');

    expect(printed).toBe('up\nsaved\n');
    expect(code).toBe(3);
  });

  it('ends the task in order when the shell of npm is gone', async () => {
    pretendInstalled();
    task(
      'serve-test.ts',
      "process.once('SIGTERM', () => { console.log('saved'); process.exit(3); });\n" +
        "console.log('up');\nsetInterval(() => {}, 1000);\n",
    );
    const line = `"${process.execPath}" "${join(clone, script)}" serve:test; true`;
    const shell = spawn('/bin/sh', ['-c', line], {
      env: { PATH: tools, HOME: clone, npm_lifecycle_event: 'serve:test' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    shell.stdout.on('data', (chunk: Buffer) => {
      if (printed === '') shell.kill('SIGTERM');
      printed += chunk.toString();
    });

    await once(shell, 'close');

    expect(printed).toBe('up\nsaved\n');
  });
});

describe('the scripts of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const bootstrap = readFileSync(join(root, script), 'utf8');
  const tasks = Object.values(scripts).flatMap(
    (line) => /bootstrap\.mjs (\S+)/.exec(line)?.[1] ?? [],
  );

  it.each(tasks)('%s is a task of the bootstrap, and its file is there', (name) => {
    const key = /\W/.test(name) ? `'${name}'` : name;
    const file = new RegExp(`^  ${key}: \\{ file: '([^']+)'`, 'm').exec(bootstrap)?.[1];

    expect(file).toBeDefined();
    expect(existsSync(join(root, file ?? ''))).toBe(true);
  });
});
