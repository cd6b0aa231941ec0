import * as z from 'zod';
import { openApiRoute } from '#http/openapi-route.ts';
import { type Part, partAt } from '#http/parts.ts';
import type { Route } from '#http/route.ts';
import { under } from './paths.ts';
import { versionRoute } from './server.ts';

const V2 = '/2.0/mlflow';
const V3 = '/3.0/mlflow';
const FILES = '/2.0/mlflow-artifacts';

/** What runs report is its own record: it costs nothing more than it must. */
const reported = (...lists: readonly (readonly Route[])[]): readonly Route[] =>
  lists.flat().map((row) => ({ ...row, untraced: true }));

/**
 * The API in parts, by paths below `/api` or `/ajax-api`; a path belongs to the first that fits. What is
 * in none loads with the dialect.
 */
export const parts: readonly Part[] = [
  {
    name: 'document',
    paths: /^\/2\.0\/mlflow\/openapi\.json(\/|$)/,
    routes: async () => under(V2, [documentRoute]),
  },
  {
    name: 'what runs use',
    paths: /^\/2\.0\/mlflow\/(runs\/(log-inputs|outputs)|experiments\/search-datasets)(\/|$)/,
    routes: async () => under(V2, reported((await import('./run-inputs.ts')).runInputRoutes)),
  },
  {
    name: 'removal for good',
    paths: /^\/2\.0\/mlflow\/(experiments|runs)\/delete-permanently(\/|$)/,
    routes: async () => under(V2, (await import('./removals.ts')).removalRoutes),
  },
  {
    name: 'life of runs',
    paths: /^\/2\.0\/mlflow\/runs\/(heartbeat|lock|unlock)(\/|$)/,
    routes: async () => under(V2, reported((await import('./run-control.ts')).runControlRoutes)),
  },
  {
    name: 'registry',
    paths: /^\/2\.0\/mlflow\/(registered-models|model-versions)\//,
    routes: async () => under(V2, (await import('./registry/routes.ts')).registryRoutes),
  },
  {
    name: 'spans of traces',
    paths:
      /^\/[23]\.0\/mlflow\/(traces\/(get|batchGet)|get-trace-artifact)(\/|$)|^\/v1\/traces(\/|$)/,
    routes: async () => {
      const { fileRoutesV2, otlpRoute, spanRoutes } = await import('./traces/files.ts');
      return [
        ...under(V2, reported(fileRoutesV2)),
        ...under(V3, reported(spanRoutes)),
        ...reported([otlpRoute]),
      ];
    },
  },
  {
    name: 'assessments of traces',
    paths: /^\/3\.0\/mlflow\/traces\/[^/]+\/assessments(\/|$)/,
    routes: async () =>
      under(V3, reported((await import('./traces/assessments.ts')).assessmentRoutes)),
  },
  {
    name: 'tags of traces',
    paths: /^\/3\.0\/mlflow\/traces\/[^/]+\/tags(\/|$)/,
    routes: async () => under(V3, reported((await import('./traces/tags.ts')).tagRoutes(''))),
  },
  {
    name: 'traces',
    paths: /^\/3\.0\/mlflow\/traces(\/|$)/,
    routes: async () => under(V3, reported((await import('./traces/traces.ts')).infoRoutes)),
  },
  {
    name: 'traces of older clients',
    paths: /^\/2\.0\/mlflow\/traces(\/|$)/,
    routes: async () => under(V2, reported((await import('./traces/v2.ts')).traceRoutesV2)),
  },
  {
    name: 'files of logged models',
    paths: /^\/2\.0\/mlflow\/logged-models\/[^/]+\/artifacts(\/|$)/,
    routes: async () =>
      under(V2, reported((await import('./logged-model-files.ts')).loggedModelFileRoutes)),
  },
  {
    name: 'logged models',
    paths: /^\/2\.0\/mlflow\/(logged-models|runs\/log-model)(\/|$)/,
    routes: async () => under(V2, reported((await import('./logged-models.ts')).loggedModelRoutes)),
  },
  {
    name: 'search of experiments',
    paths: /^\/2\.0\/mlflow\/experiments\/search(\/|$)/,
    routes: async () => under(V2, (await import('./experiment-search.ts')).experimentSearchRoutes),
  },
  {
    name: 'experiments',
    paths: /^\/2\.0\/mlflow\/experiments\//,
    routes: async () => under(V2, (await import('./experiments.ts')).experimentRoutes),
  },
  {
    name: 'search of runs',
    paths: /^\/2\.0\/mlflow\/runs\/search(\/|$)/,
    routes: async () => under(V2, reported((await import('./run-search.ts')).runSearchRoutes)),
  },
  {
    name: 'what runs log',
    paths: /^\/2\.0\/mlflow\/runs\/log-(metric|parameter|batch)(\/|$)/,
    routes: async () => under(V2, reported((await import('./logging.ts')).loggingRoutes)),
  },
  {
    name: 'histories of metrics',
    paths: /^\/2\.0\/mlflow\/metrics\//,
    routes: async () => {
      const { metricHistoryRoutes } = await import('./metric-history.ts');
      const { metricSeriesRoutes } = await import('./metric-series.ts');
      return under(V2, reported(metricHistoryRoutes, metricSeriesRoutes));
    },
  },
  {
    name: 'runs',
    paths: /^\/2\.0\/mlflow\/runs\//,
    routes: async () => under(V2, reported((await import('./runs.ts')).runRoutes)),
  },
  {
    name: 'artifacts',
    paths:
      /^\/2\.0\/mlflow(-artifacts)?\/(artifacts|mpu|presigned)(\/|$)|^(\/2\.0\/mlflow|\/model-versions)?\/get-artifact(\/|$)/,
    routes: async () => {
      const { artifactRoutes, artifactProxyRoutes } = await import('./artifacts.ts');
      const { artifactFileRoutes, plainFileRoutes } = await import('./artifact-files.ts');
      const { artifactUrlRoutes, proxyUrlRoutes } = await import('./artifact-urls.ts');
      const { artifactUploadRoutes } = await import('./artifact-uploads.ts');
      return [
        ...under(V2, reported(artifactRoutes, artifactFileRoutes, artifactUrlRoutes)),
        ...under(FILES, reported(artifactProxyRoutes, artifactUploadRoutes, proxyUrlRoutes)),
        ...plainFileRoutes,
      ];
    },
  },
  {
    name: 'workspaces',
    paths: /^\/3\.0\/mlflow\/(server-info|workspaces)(\/|$)/,
    routes: async () => {
      const { serverRoutes } = await import('./server.ts');
      const { workspaceRoutes } = await import('./workspaces.ts');
      return under(V3, [...serverRoutes, ...workspaceRoutes]);
    },
  },
  {
    name: 'graphql',
    paths: /^\/graphql(\/|$)/,
    routes: async () => reported((await import('./graphql/routes.ts')).graphqlRoutes),
  },
];

/** The part that has the rows of a path, if one has. */
export const partOf = (path: string): Part | undefined =>
  partAt(parts, path.replace(/^\/(ajax-)?api(?=\/)/, ''));

/** The rows of a part, or those that are in none. */
export const rowsOf = async (part: Part | undefined): Promise<readonly Route[]> =>
  part === undefined ? [versionRoute] : part.routes();

/** Every row there is. */
export async function mlflowRoutes(): Promise<readonly Route[]> {
  return (await Promise.all([...parts, undefined].map(rowsOf))).flat();
}

/** Whether a row is of the document itself. */
export const isDocument = ({ operationId }: Route): boolean =>
  operationId.startsWith('getOpenApiDocument');
/** A twin of a row, for the web UI. */
const isOfUi = ({ path }: Route): boolean => path.includes('/ajax-api/');

/** The rows that a document tells of, with what they answer and an example. */
export async function mlflowDocumented(): Promise<readonly Route[]> {
  const { withAnswers } = await import('./answers.ts');
  const { withExamples } = await import('#http/examples.ts');
  const { examples } = await import('./examples.ts');
  const rows = (await mlflowRoutes()).filter((row) => !isDocument(row) && !isOfUi(row));
  return withExamples(withAnswers(rows), examples);
}

/** What they are about. */
export const mlflowTags = async () => (await import('./document-tags.ts')).tags;

const documentRoute = openApiRoute({
  title: 'Assay: the REST API of MLflow',
  base: '/',
  error: z.looseObject({
    error_code: z.string(),
    message: z.string(),
    error_position: z.int().optional(),
  }),
  nullIsMissing: true,
  movedBy: 307,
  tags: mlflowTags,
  routes: mlflowDocumented,
});
