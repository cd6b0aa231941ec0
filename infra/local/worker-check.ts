/** Whether a worker could work: asked before it starts, so that whoever started it learns what is wrong. */
import { isOwnHost } from '../../functions/entry/own-host.ts';
import { findPython } from '../../functions/worker/python.ts';
import { run } from './process.ts';

const TIMEOUT_MS = 15_000;
/** No job has this number, so a claim of it takes nothing. */
const NO_JOB = Number.MAX_SAFE_INTEGER;

export const TOKEN_HELP =
  'An administrator makes one:\n' +
  '  POST /api/v1/workerTokens {"pool": "NAME", "days": 30}\n' +
  'The answer shows it once; give it in ASSAY_WORKER_TOKEN.';

export interface Place {
  readonly url: string;
  readonly token: string;
  readonly pool: string;
}

/** The base URL without a slash at its end. Throws, with what to do, when it is none to send a token to. */
export function safeUrl(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(`${option} ${text} is not a URL; use https://… as your deployment told you.`);
  }
  if (url.protocol === 'http:' && !isOwnHost(url.host)) {
    throw new Error(
      `${option} ${text} is not encrypted, so the token could be read; use https://…`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

async function ask(url: string, init?: RequestInit): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(url, { ...init, redirect: 'manual', signal });
  } catch (error) {
    const { cause = error } = error as Error;
    const why = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
    throw new Error(`${new URL(url).origin} cannot be reached: ${why}`, { cause: error });
  }
}

const refused = (what: string): Error => new Error(`${what} ${TOKEN_HELP}`);

/** Throws, with what to do, unless the API is there and accepts the token for the pool. */
export async function checkPlace({ url, token, pool }: Place): Promise<void> {
  const health = await ask(`${url}/health`);
  const body = (await health.json().catch(() => null)) as { readonly status?: unknown } | null;
  if (body?.status !== 'healthy') {
    throw new Error(`${url} answers, but not as Assay (HTTP ${health.status}); is the URL right?`);
  }
  const answer = await ask(`${url}/api/worker/v1/claim`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ pool, worker: 'check', jobId: NO_JOB, attempt: 1 }),
  });
  await answer.body?.cancel();
  if (answer.status === 401) throw refused('The worker token is wrong or has expired.');
  if (answer.status === 403) throw refused(`The worker token is not one of the pool "${pool}".`);
  if (answer.status !== 404) throw new Error(`${url} answered HTTP ${answer.status}; try again.`);
}

const REQUIREMENTS = [
  'dioptra/requirements-engine.txt',
  'dioptra/requirements.txt',
  'mlproject/requirements-projects.txt',
]
  .map((file) => `-r functions/worker/runtimes/${file}`)
  .join(' ');

/** MLflow is only looked for: importing it takes a second. */
const TRY_IMPORTS =
  'import structlog, dioptra.task_engine.task_engine, importlib.metadata as packages; ' +
  "packages.version('mlflow-skinny')";

/** The interpreter at `given`, or of the environment there. Throws, with what to do, unless it has what every job needs. */
export async function checkPython(given: string, signal: AbortSignal): Promise<string> {
  const python = findPython(given);
  try {
    await run(python, ['-c', TRY_IMPORTS], { signal });
  } catch (error) {
    signal.throwIfAborted();
    const [why = ''] = String(error).trim().split('\n').slice(-1);
    throw new Error(
      `${python} cannot run jobs (${why}). Give it what they need:\n` +
        `  ${python} -m pip install --no-deps ${REQUIREMENTS}`,
      { cause: error },
    );
  }
  return python;
}
