/** Dioptra's own client, from its package on PyPI: every method of it, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureStockPython } from '../../infra/local/sample/python.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { type ClientReport, listChecks, runChecks } from './dioptra-client/driver.ts';

const python = await ensureStockPython();
const checks = await listChecks(python);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe.each(['json', 'response'] as const)('the client of kind %s', (kind) => {
  let report: ClientReport;
  beforeAll(async () => {
    report = await runChecks(python, server.url, kind);
  });

  it.each(checks)('%s', (title) => {
    expect(report.errors.get(title)).toBe(null);
  });

  it('was asked for each of its public methods', () => {
    const methods = [...report.calls.keys()];
    const called = methods.filter((method) => report.calls.get(method) !== 0);
    console.log(`${methods.length} methods, ${called.length} called`);

    expect(methods.length).toBeGreaterThanOrEqual(279);
    expect(methods.filter((method) => !called.includes(method))).toEqual([]);
  });
});
