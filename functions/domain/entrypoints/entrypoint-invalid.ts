import { type AppError, invalid } from '#kernel/errors.ts';
import type { EntrypointIssues } from './task-graph/index.ts';

/** An error in the groups of findings that Dioptra's clients know; empty ones are left out. */
export function entrypointInvalid(issues: Partial<EntrypointIssues>): AppError {
  const reason = {
    schema_issues: issues.schemaIssues ?? [],
    swap_issues: issues.swapIssues ?? [],
    rendered_validation_errors: issues.renderedValidationErrors ?? [],
    missing_global_params: issues.missingGlobalParams ?? [],
  };
  const found = Object.fromEntries(Object.entries(reason).filter(([, list]) => list.length > 0));
  const [first = 'see the detail'] = Object.values(found).flat();
  return invalid('entrypoint_invalid', `The entrypoint is not valid: ${first}`, { reason: found });
}
