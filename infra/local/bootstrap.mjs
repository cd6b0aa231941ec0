// The first file that `npm start`, `npm test` and their siblings run. It has no dependencies and keeps to
// what Node 18 understands, because on a fresh clone the shell's Node runs it and nothing is installed:
// it installs, finds the tools, and hands over to a TypeScript file on the Node of node_modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.assay-install');
const oldestNode = 20;
const wantedNode = 24;
const oldestPython = [3, 11];
// Requests leave little behind: with more room for what is new, memory grows by half and nothing is faster.
const serverFlags = ['--max-semi-space-size=8'];
const tasks = {
  start: { file: 'infra/local/start.ts', python: true, flags: serverFlags },
  'start:aws': { file: 'infra/local/start-aws.ts', python: true },
  'serve:test': { file: 'infra/local/serve-test.ts', python: false },
  test: { file: 'infra/local/test.ts', python: true },
  'test:full': { file: 'infra/local/test.ts', python: true, args: ['--full'] },
  'test:faults': { file: 'infra/local/test.ts', python: true, args: ['--faults'] },
  verify: { file: 'infra/local/verify.ts', python: true },
  worker: { file: 'infra/local/worker.ts', python: true },
  bench: { file: 'test/bench/main.ts', python: false },
  import: { file: 'infra/import/main.ts', python: false },
  'mlflow-ui': { file: 'infra/mlflow-ui/main.ts', python: true },
  cost: { file: 'test/bench/cost/main.ts', python: false },
};

/** A reason to stop that the person at the keyboard can act on. */
class Stop extends Error {}

function checkShellNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode) {
    throw new Stop(
      `Node ${process.versions.node} is too old: Assay needs Node ${oldestNode} or newer on the PATH.\n` +
        'Install a current Node LTS (with its npm) and run the same command again.',
    );
  }
}

function wantedStamp() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`;
}

function isInstalled(stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
}

function npmCommand() {
  const cli = process.env.npm_execpath;
  if (cli && basename(cli) === 'npm-cli.js') return { command: process.execPath, prefix: [cli] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', prefix: [] };
}

const networkTrouble =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|network/i;

function install() {
  const stamp = wantedStamp();
  if (isInstalled(stamp)) return;
  process.stderr.write(
    'Installing dependencies (once, and again when package-lock.json changes) …\n',
  );
  const { command, prefix } = npmCommand();
  const args = [...prefix, 'install', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: command.endsWith('.cmd'),
  });
  if (done.error) {
    throw new Stop(
      `npm did not start (${done.error.message}). Install npm, which comes with Node.`,
    );
  }
  if (done.status !== 0) throw new Stop(explainInstall(`${done.stdout}${done.stderr}`));
  writeFileSync(stampFile, stamp);
}

function explainInstall(output) {
  const hint = networkTrouble.test(output)
    ? 'Assay could not download its dependencies: the npm registry cannot be reached.\n' +
      'The first start needs a network (later ones do not). Check the connection, or the\n' +
      'proxy and registry settings of npm (`npm config get registry`), and run the same command again.'
    : '`npm install` failed. Its own words are above; run the same command again when that is mended.';
  return `${output.trim()}\n\n${hint}`;
}

function nodeBinary() {
  const own = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  for (const candidate of [own, process.execPath]) {
    const probe = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    if (probe.status === 0 && probe.stdout.startsWith(`v${wantedNode}.`)) return candidate;
  }
  throw new Stop(
    `Node ${wantedNode} is missing from node_modules: npm probably skipped install scripts (ignore-scripts).\n` +
      'Run `npm rebuild node --ignore-scripts=false`, or put Node 24 on the PATH, then run the same command again.',
  );
}

/** The first Python that is new enough and can make a virtual environment. */
function findPython(candidates) {
  const probe =
    'import sys\ntry:\n import venv, ensurepip; v = 1\nexcept ImportError: v = 0\n' +
    'print(sys.version_info[0], sys.version_info[1], v)';
  let seen = '';
  for (const command of candidates) {
    const answer = spawnSync(command, ['-c', probe], { encoding: 'utf8' });
    if (answer.status !== 0) continue;
    const [major = 0, minor = 0, venv = 0] = answer.stdout.trim().split(' ').map(Number);
    const isNew = major === oldestPython[0] && minor >= oldestPython[1];
    if (isNew && venv === 1) return command;
    seen ||= isNew
      ? `${command} is Python ${major}.${minor} without the venv module.`
      : `${command} is Python ${major}.${minor}.`;
  }
  throw new Stop(
    `Python ${oldestPython.join('.')} or newer was not found. ${seen}\n` +
      'Jobs run on Python. Install it (on Debian or Ubuntu: python3 and python3-venv), or name it in\n' +
      'ASSAY_PYTHON=/path/to/python3, and run the same command again.',
  );
}

function pythonCandidates() {
  if (process.env.ASSAY_PYTHON) return [process.env.ASSAY_PYTHON];
  const versioned = [14, 13, 12, 11].map((minor) => `python3.${minor}`);
  return ['python3', 'python', ...versioned];
}

function handOver(node, task, args, python) {
  const path = `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path, ...(python ? { ASSAY_PYTHON: python } : {}) };
  const child = spawn(
    node,
    [...(task.flags ?? []), join(root, task.file), ...(task.args ?? []), ...args],
    {
      cwd: root,
      env,
      stdio: 'inherit',
    },
  );
  // A terminal sends Ctrl-C to the whole group, so it is passed on only where there is no terminal.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm passes SIGTERM to a shell that dies of it without telling us.
  if (process.env.npm_lifecycle_event) whenOrphaned(() => child.kill('SIGTERM'));
  child.on('error', (error) => stop(new Stop(`${node} did not start: ${error.message}`)));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

function whenOrphaned(act) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 500);
}

function stop(error) {
  process.stderr.write(`\n${error instanceof Stop ? error.message : error.stack}\n`);
  process.exit(1);
}

function main([name = '', ...args]) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new Stop(`Say what to run: ${Object.keys(tasks).join(', ')}.`);
  checkShellNode();
  const python = task.python ? findPython(pythonCandidates()) : undefined;
  install();
  handOver(nodeBinary(), task, args, python);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  stop(error);
}
