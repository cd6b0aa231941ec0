import type { Route } from '#http/route.ts';
import { assessmentRoutes } from './assessments.ts';
import { fileRoutesV2, spanRoutes } from './files.ts';
import { tagRoutes } from './tags.ts';
import { infoRoutes } from './traces.ts';
import { traceRoutesV2 } from './v2.ts';

/** Below `/3.0/mlflow`; words come before ids. */
export const traceRoutes: readonly Route[] = [
  ...spanRoutes,
  ...infoRoutes,
  ...tagRoutes(''),
  ...assessmentRoutes,
];
/** Below `/2.0/mlflow`. */
export const olderTraceRoutes: readonly Route[] = [...fileRoutesV2, ...traceRoutesV2];
