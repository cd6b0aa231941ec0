/** MLflow's own client against the deployed template; `conformance` has the whole matrix. */
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';
import {
  type ClientReport,
  type Column,
  listChecks,
  ROUND,
  runChecks,
} from '../conformance/mlflow-client/driver.ts';

/** With files, which go to the store and not through the gateway. */
const areas = [...ROUND, 'artifacts'];
const python = await ensureMlflowPython();
const checks = await listChecks(python, areas);

const columns = { 'its own address': 'assay', "Oracle's address": 'oracle' } as const satisfies {
  readonly [address: string]: Column;
};

describe.each(Object.entries(columns))(
  'the client of MLflow over the gateway, at %s',
  (_, column) => {
    let report: ClientReport;
    beforeAll(async () => {
      report = await runChecks(python, inject('deployment').url, column, areas, true);
    });

    it.each(checks)('%s', (title) => {
      expect(report.get(title)).toBe(null);
    });
  },
);
