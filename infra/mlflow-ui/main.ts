/** `npm run mlflow-ui`: MLflow's own web UI on this machine, showing what Assay holds. */
import process from 'node:process';
import { assayToken } from '../local/assay-token.ts';
import { portOf, readOptions } from '../local/options.ts';
import { isFree } from '../local/process.ts';
import { exitCodeOf, listenForStop } from '../local/stop.ts';
import { safeUrl } from '../local/worker-check.ts';
import { buildFolder } from './build-folder.ts';
import { startFront } from './front.ts';

const USAGE = `npm run mlflow-ui -- [options]; a personal token is read from ASSAY_TOKEN
  --url URL            Assay (http://127.0.0.1:8787)
  --port NUMBER        where the UI is (5000)`;

const stop = listenForStop();
const say = (what: string): void => void process.stdout.write(`${what}\n`);

function readArguments() {
  const { url, port: text } = readOptions(USAGE, {
    url: { type: 'string', default: 'http://127.0.0.1:8787' },
    port: { type: 'string', default: '5000' },
  });
  return {
    server: safeUrl('--url', url),
    port: portOf(text),
    authorization: `Bearer ${assayToken()}`,
  };
}

/** Throws unless the server answers to the token. */
async function requireAnswer(server: string, authorization: string): Promise<void> {
  const url = `${server}/api/2.0/mlflow/experiments/search?max_results=1`;
  const answer = await fetch(url, { headers: { authorization } }).catch(() => undefined);
  if (answer === undefined) throw new Error(`${server} cannot be reached. Is Assay running there?`);
  if (answer.status === 401) throw new Error(`${server} does not know the token in ASSAY_TOKEN.`);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: is that Assay?`);
}

async function main(): Promise<number> {
  const { server, port, authorization } = readArguments();
  if (!(await isFree(port))) {
    throw new Error(`Port ${port} is taken; choose another: npm run mlflow-ui -- --port 5001`);
  }
  await requireAnswer(server, authorization);
  const build = await buildFolder(() =>
    say('installing MLflow, whose web UI this is (once: a minute or more, 900 MB)'),
  );
  const front = await startFront({ build, server, authorization, port });
  say(`MLflow's web UI: ${front.url}  (shows ${server}; whoever uses this machine acts as you)`);
  say('Ctrl-C ends it');
  await stop.asked;
  await front.close();
  return 0;
}

process.exit(await exitCodeOf(main, stop));
