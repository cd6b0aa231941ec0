import * as z from 'zod';
import type { PropertyFilter } from '../metrics/index.ts';
import { PropertyFilters } from '../metrics/index.ts';
import { cannotCompute } from './refuse.ts';
import type { ExperimentWindow } from './window.ts';

/** The project's filters, which are stored unchecked. */
export function testAccountFiltersOf({
  testAccountFilters = [],
}: ExperimentWindow): readonly PropertyFilter[] {
  const parsed = PropertyFilters.safeParse(testAccountFilters);
  if (parsed.success) return parsed.data;
  throw cannotCompute(
    `The project's filters of test accounts are not right: ${z.prettifyError(parsed.error)}`,
  );
}
