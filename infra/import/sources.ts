/** Sources of model versions, rewritten to what they name here. */
import type { Import } from './import.ts';
import type { Entry } from './journal.ts';

const RUNS = /^runs:\/+([^/]+)(\/.*)?$/;
const LOGGED = /^models:\/+(m-[^/]+)(\/.*)?$/;

/** A source, and the logged model or the run that owns what it names, by its id here. */
export interface Source {
  readonly source: string;
  readonly loggedModel?: string;
  readonly run?: string;
}

type Journal = Pick<Import['journal'], 'get' | 'all'>;

/** The entry whose files a source lies in, and the same place in its files here. */
function below(source: string, entries: readonly Entry[]) {
  for (const { files, to: owner } of entries) {
    const [from, to] = files ?? [];
    if (from === undefined || to === undefined) continue;
    if (source === from || source.startsWith(`${from}/`)) {
      return { owner, source: to + source.slice(from.length) };
    }
  }
  return undefined;
}

function inFiles(journal: Journal, source: string): Source | undefined {
  const model = below(source, journal.all('loggedModel'));
  if (model !== undefined) return { source: model.source, loggedModel: model.owner };
  const run = below(source, journal.all('run'));
  return run && { source: run.source, run: run.owner };
}

/** The source as it is here; stores of the cloud and models by name stay as they are. */
export function sourceHere(journal: Journal, source: string): Source {
  const [, runId, inRun = ''] = RUNS.exec(source) ?? [];
  if (runId !== undefined) {
    const run = journal.get('run', runId)?.to ?? runId;
    return { source: `runs:/${run}${inRun}`, run };
  }
  const [, modelId, inModel = ''] = LOGGED.exec(source) ?? [];
  if (modelId !== undefined) {
    const loggedModel = journal.get('loggedModel', modelId)?.to ?? modelId;
    return { source: `models:/${loggedModel}${inModel}`, loggedModel };
  }
  return inFiles(journal, source) ?? { source };
}
