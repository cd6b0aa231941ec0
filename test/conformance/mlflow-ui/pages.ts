/** The pages that are looked at, and what each must show. */
import type { Shown } from './data.ts';

export interface Page {
  readonly name: string;
  /** After `#` in the address. */
  readonly hash: string;
  /** Texts that are there when the page is. */
  readonly shows: readonly string[];
  /** Calls without which the page would be another. */
  readonly asks: readonly RegExp[];
}

export function pagesOf({ experiment, runs, model }: Shown): readonly Page[] {
  const [run = '', other = ''] = runs;
  const list = (...ids: readonly string[]) => encodeURIComponent(JSON.stringify(ids));
  const at = `/experiments/${experiment}`;
  return [
    {
      name: 'experiments',
      hash: '/experiments',
      shows: ['Nightly forecasts'],
      asks: [/experiments\/search/],
    },
    {
      name: 'runs',
      hash: `${at}/runs`,
      shows: ['Nightly forecasts', 'run-0', 'run-4', 'iris'],
      asks: [/runs\/search/, /search-datasets/],
    },
    {
      name: 'runs that a filter finds',
      hash: `${at}/runs?searchFilter=${encodeURIComponent('metrics.accuracy > 0.925')}`,
      shows: ['run-3', 'run-4'],
      asks: [/runs\/search/],
    },
    {
      name: 'charts',
      hash: `${at}/runs?compareRunsMode=CHART`,
      shows: ['loss', 'accuracy', 'run-0'],
      asks: [/get-history-bulk-interval/],
    },
    {
      name: 'run',
      hash: `${at}/runs/${run}`,
      shows: ['run-0', 'learning_rate', 'optimizer', 'adam', 'accuracy', 'Finished', 'iris'],
      asks: [/graphql/],
    },
    {
      name: 'metrics of a run',
      hash: `${at}/runs/${run}/model-metrics`,
      shows: ['loss', 'accuracy'],
      asks: [/get-history-bulk-interval/],
    },
    {
      name: 'files of a run',
      hash: `${at}/runs/${run}/artifacts/notes.txt`,
      shows: ['plots', 'config.json', 'all is well'],
      asks: [/artifacts\/list/, /get-artifact/],
    },
    {
      name: 'picture of a run',
      hash: `${at}/runs/${run}/artifacts/plots/square.png`,
      shows: ['square.png'],
      asks: [/get-artifact/],
    },
    {
      name: 'metric of two runs',
      hash: `/metric?runs=${list(run, other)}&metric=${encodeURIComponent('"loss"')}&experiments=${list(experiment)}&plot_metric_keys=${list('loss')}`,
      shows: ['loss'],
      asks: [/metrics\/get-history/],
    },
    {
      name: 'comparison of two runs',
      hash: `/compare-runs?runs=${list(run, other)}&experiments=${list(experiment)}`,
      shows: ['run-0', 'run-1', 'learning_rate', 'accuracy'],
      asks: [/runs\/search/],
    },
    {
      name: 'models of the experiment',
      hash: `${at}/models`,
      shows: ['net'],
      asks: [/logged-models\/search/],
    },
    {
      name: 'traces',
      hash: `${at}/traces`,
      shows: ['why is the sky blue?'],
      asks: [/traces\/search/],
    },
    {
      name: 'models',
      hash: '/models',
      shows: [model, 'champion'],
      asks: [/registered-models\/search/],
    },
    {
      name: 'model',
      hash: `/models/${model}`,
      shows: [model, 'Says what comes next.', 'champion', 'Version 1', 'Version 2'],
      asks: [/registered-models\/get/, /model-versions\/search/],
    },
    {
      name: 'version of a model',
      hash: `/models/${model}/versions/1`,
      shows: [model, 'Version 1', 'Of the nightly run.'],
      asks: [/model-versions\/get/],
    },
    {
      name: 'prompts',
      hash: '/prompts',
      shows: ['Prompts'],
      asks: [/registered-models\/search/],
    },
  ];
}

/** What the UI shows where something failed. */
export const BANNERS =
  /Something went wrong|Can't load|load error|Error occurred|Page Not Found|Resource not found|Failed to|Request error|went wrong|BAD_REQUEST|INTERNAL_ERROR|INVALID_PARAMETER_VALUE|ENDPOINT_NOT_FOUND|RESOURCE_DOES_NOT_EXIST/i;

/** Calls that a server need not know: the UI asks and does without. */
export const TOLERATED: readonly RegExp[] = [
  /\/ajax-api\/2\.0\/mlflow\/gateway-proxy/,
  /\/ajax-api\/3\.0\/mlflow\/(ui-telemetry|assistant\/|gateway)/,
  /\/ajax-api\/2\.0\/mlflow\/users\/current/,
  // Evaluations and figures of traces are not served; the table of traces does without.
  /\/ajax-api\/3\.0\/mlflow\/(datasets\/search|traces\/metrics)/,
  // A version whose files were never uploaded; the original fails with 500.
  /\/model-versions\/get-artifact\?path=MLmodel/,
];
