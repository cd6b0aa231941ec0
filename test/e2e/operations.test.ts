/** The README's guide to a deployment, done to the letter: its commands, one after the other, on an emulator. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findApiUrl } from '../../infra/local/api-url.ts';
import { awsEnv } from '../../infra/local/aws-session.ts';
import type { Emulator } from '../../infra/local/emulator.ts';
import { projectRoot } from '../../infra/local/process.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { readmeCommands } from '../support/readme-commands.ts';

/** Each runs the CDK CLI, beside whatever else the machine does. */
const SLOW = { timeout: 900_000 };
/** Each takes some ten seconds of CPU; quick runs leave out what only differs by a choice. */
const FULL = process.env.FULL === '1';
const isVariant = (line: string): boolean => line.startsWith('npx cdk deploy -c ');
const ACCOUNT = { name: 'first', password: 'a pass word' };

/** What another test runs, since it takes more than a shell. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm install': 'test/infra/bootstrap.test.ts',
  'npm run worker -- --url "$U" --pool gpu': 'test/e2e/worker-command.test.ts',
  'npm run cost': 'test/infra/cost.test.ts',
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
  // What somebody may have in their own settings: here no image is built, and nobody can be asked.
  const settings = {
    output: join(emulator.folder, 'cdk.out'),
    requireApproval: 'never',
    context: {
      workerImage: 'assay-worker:local',
      registration: 'invite',
      pools: [{ name: 'default' }, { name: 'gpu', kind: 'external' }],
    },
  };
  const home = emulator.env.HOME ?? emulator.folder;
  await mkdir(home, { recursive: true });
  await writeFile(join(home, '.cdk.json'), JSON.stringify(settings));
});
afterAll(() => emulator.stop());

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function shell(line: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn('bash', ['-c', line], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const quiet = { CI: 'true', NO_COLOR: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' };
  return { ...Object.fromEntries(own), ...quiet, ...awsEnv(emulator) };
}

/** The values of a deployment's outputs, as the CDK CLI prints them. */
function outputOf(printed: string, name: string): string {
  const value = new RegExp(`^Assay-dev\\.${name} = (.*)$`, 'm').exec(printed)?.[1];
  if (value === undefined) throw new Error(`The deployment printed no ${name}:\n${printed}`);
  return value;
}

/** A terminal in which somebody follows the guide. */
function reader() {
  const env = environment();
  let url: string | undefined;
  const fill = (text: string): string =>
    text.replaceAll('NAME', ACCOUNT.name).replaceAll(/PASSWORD|THE SAME/g, ACCOUNT.password);
  const run = async (line: string): Promise<string> => {
    // Where nobody sits at the terminal, nobody can be asked.
    const asked = line.startsWith('npx cdk destroy') ? `${line} --force` : line;
    const { code, output } = await shell(fill(asked), env);
    if (code !== 0) throw new Error(`${line} ended with ${code}:\n${output}`);
    return output;
  };
  /** What people do with the outputs of their first deployment. */
  const begin = async (printed: string): Promise<void> => {
    url = await findApiUrl(emulator.endpoint, outputOf(printed, 'ApiId'), {});
    const command = outputOf(printed, 'FirstAdmin').replaceAll(outputOf(printed, 'ApiUrl'), url);
    const made = await run(command.replace('EMAIL', 'first@example.org'));
    expect(made).toContain(`"username":"${ACCOUNT.name}"`);
  };
  return {
    async follow(line: string): Promise<void> {
      if (line.startsWith('export U=')) env.U = url;
      if (line.startsWith('export ')) return;
      const printed = await run(line);
      if (line === 'npx cdk deploy' && url === undefined) await begin(printed);
      if (line.startsWith('curl ')) expect(printed).toMatch(/"token":"|"username":"|"healthy"/);
    },
  };
}

it('works as it is written', SLOW, async () => {
  const commands = readmeCommands('## Deploy it', '## Know it');
  const here = commands
    .filter(({ line, needsAccount }) => !needsAccount && !(line in ELSEWHERE))
    .filter(({ line }) => FULL || !isVariant(line));
  const person = reader();

  for (const { line } of here) await person.follow(line);

  const calls = here.filter(({ line }) => line.startsWith('npx cdk '));
  expect(calls.length).toBeGreaterThanOrEqual(FULL ? 9 : 6);
  expect(here.filter(({ line }) => line.startsWith('curl ')).length).toBeGreaterThanOrEqual(5);
});

it('says what it cannot show without an account', () => {
  const commands = readmeCommands('## Deploy it', '## Know it');
  const marked = commands.filter(({ needsAccount }) => needsAccount);

  expect(marked.map(({ line }) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['npx', 'aws']),
  );
  for (const line of Object.keys(ELSEWHERE)) {
    expect(commands.map((command) => command.line)).toContain(line);
  }
});
