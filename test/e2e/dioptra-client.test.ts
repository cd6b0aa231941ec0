/** Dioptra's own client against the deployed template; `conformance` has every method of it. */
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureStockPython } from '../../infra/local/sample/python.ts';
import { type ClientReport, listChecks, runChecks } from '../conformance/dioptra-client/driver.ts';

/** Without jobs: workers of other tests would take them. */
const AREAS = ['users', 'queues', 'plugins', 'plugin_files', 'graphs'];

const python = await ensureStockPython();
const checks = await listChecks(python, AREAS);

describe('the client of Dioptra, over the gateway', () => {
  let report: ClientReport;
  beforeAll(async () => {
    report = await runChecks(python, inject('deployment').url, 'json', AREAS);
  });

  it.each(checks)('%s', (title) => {
    expect(report.errors.get(title)).toBe(null);
  });
});
