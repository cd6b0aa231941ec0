/** MLflow's own client, from its package on PyPI, fluent and MlflowClient, over HTTP. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureMlflowPython, ensureMlflowServerPython } from '../../infra/local/sample/python.ts';
import { startMlflowServer } from '../support/mlflow-server.ts';
import { startTestServer } from '../support/test-server.ts';
import {
  AREAS,
  type ClientReport,
  type Column,
  FULL_AREAS,
  listChecks,
  ROUND,
  runChecks,
} from './mlflow-client/driver.ts';

const full = process.env.FULL === '1';
const python = full ? await ensureMlflowServerPython() : await ensureMlflowPython();
const areas = full ? [...AREAS, ...FULL_AREAS] : AREAS;

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Each check of some areas as a test, on a server of its own. */
async function passesOn(
  start: () => Promise<Server>,
  column: Column,
  areas: readonly string[],
): Promise<void> {
  const checks = await listChecks(python, areas);
  let server: Server;
  let report: ClientReport;
  beforeAll(async () => {
    server = await start();
    report = await runChecks(python, server.url, column, areas);
  }, 900_000);
  afterAll(() => server?.stop());

  it.each(checks)('%s', (title) => {
    expect(report.get(title)).toBe(null);
  });
}

describe('on Assay', () => passesOn(startTestServer, 'assay', areas));

describe("on Assay at Oracle's address", () => passesOn(startTestServer, 'oracle', ROUND));

// It finds expectations that are wrong; Assay is then asked for the same.
describe.runIf(full)('on the original', () => passesOn(startMlflowServer, 'original', areas));
