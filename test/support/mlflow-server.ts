/** A real `mlflow server`, which tells what the original answers. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { freePort, waitUntil } from '../../infra/local/process.ts';
import { ensureMlflowServerPython } from '../../infra/local/sample/python.ts';
import { supervise } from '../bench/frame/supervised.ts';

export interface MlflowServer {
  readonly url: string;
  stop(): Promise<void>;
}

const READY_MS = 120_000;

/** Starts one on an empty SQLite database in a folder of its own, with its artifacts behind it. */
export async function startMlflowServer(): Promise<MlflowServer> {
  const python = await ensureMlflowServerPython();
  const folder = await mkdtemp(join(tmpdir(), 'assay-mlflow-server-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'server.log');
  const command = [
    join(dirname(python), 'mlflow'),
    'server',
    ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
    ...['--artifacts-destination', join(folder, 'artifacts'), '--serve-artifacts'],
    ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
  ];
  const env = { PATH: process.env.PATH, HOME: folder, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const server = supervise(command, { python, cwd: folder, env, logFile });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const { child } = server;
  const isReady = async () => (await fetch(`${url}/health`)).status === 200;
  try {
    await waitUntil(isReady, { timeoutMs: READY_MS, what: "MLflow's server", child });
  } catch (error) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    await stop();
    throw new Error(`MLflow's server did not start:\n${log.slice(-2000)}`, { cause: error });
  }
  return { url, stop };
}
