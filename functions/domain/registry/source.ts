import { experimentText, requireArtifactPath, runScope, targetOf } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { type AppError, AppError as Failure, invalid } from '#kernel/errors.ts';
import { findLoggedModel, type LoggedModelOrigin } from './logged-model.ts';
import { findNamedVersion, parseModelPath } from './model-uri.ts';
import { requireUri } from './schemas.ts';
import { isAbsolute, isLocal, isProxied, parseUri, type SourceUri } from './uri.ts';

/** Where a version comes from, as it is stored. */
export interface Origin {
  readonly source: string;
  readonly location: string;
  readonly runId?: string;
  readonly loggedModelId?: string;
  /** The job that the run belongs to. */
  readonly jobId?: number;
}

/** A source as it is asked for. */
export interface SourceRequest {
  readonly source: string;
  readonly runId?: string;
  readonly loggedModelId?: string;
  /** Versions of prompts have no files. */
  readonly prompt: boolean;
}

/** What clients send as the source of a prompt. */
const PROMPT_SOURCES: readonly string[] = ['dummy-source', 'prompt-template'];

/** Roots of what runs and logged models of an experiment own, in the paths of our artifacts. */
const RUN_FILES = /^\/([^/]+)\/([^/]+)\/artifacts(?:\/(.*))?$/;

const refused = (source: string, why: string): AppError =>
  invalid('source', `Invalid model version source: '${source}'. ${why}`);

/** The argument that must say whose files the source holds does not. */
const notContained = (source: string, argument: 'run_id' | 'model_id'): AppError =>
  refused(
    source,
    `The ${argument} request parameter must identify the resource that contains the source.`,
  );

function requireShape(request: SourceRequest, uri: SourceUri): void {
  const { source, loggedModelId } = request;
  requireUri(source, 'source');
  if (isLocal(uri)) {
    const [argument, owner] = loggedModelId ? ['model_id', 'model'] : ['run_id', 'run'];
    throw refused(
      source,
      `To use a local path as a model version source, the ${argument} request parameter has to be ` +
        `specified and the local path has to be contained within the artifact directory of the ` +
        `${owner} specified by the ${argument}; this server keeps no artifacts in local paths.`,
    );
  }
  if (isAbsolute(source)) return;
  throw refused(
    source,
    'If supplying a source as an http, https, local file path, ftp, objectstore, or ' +
      'mlflow-artifacts uri, an absolute path must be provided without relative path references ' +
      'present. Please provide an absolute path.',
  );
}

/** The run of this id with its job, as far as the caller may read it. */
async function readableRun(ctx: Context, runId: string) {
  try {
    const scope = await runScope(ctx, runId);
    requirePermission(ctx, 'read', targetOf(scope));
    return scope;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** A source in the files of a run that the caller may read. */
async function ofRun(
  ctx: Context,
  { source, runId }: SourceRequest,
  named: { readonly runId: string; readonly path: string; readonly experiment?: string },
): Promise<Origin> {
  const scope = await readableRun(ctx, named.runId);
  const isThere =
    scope !== undefined &&
    (runId === undefined || runId === named.runId) &&
    (named.experiment === undefined || named.experiment === experimentText(scope.experimentId));
  if (!isThere) throw notContained(source, 'run_id');
  requireArtifactPath(named.path.replace(/\/$/, ''));
  return {
    source,
    location: source,
    ...(runId === undefined ? {} : { runId }),
    ...(scope.jobId === undefined ? {} : { jobId: scope.jobId }),
  };
}

/** `runs:/<run>/<path>`. */
function runsSource(ctx: Context, request: SourceRequest, uri: SourceUri): Promise<Origin> {
  const [, runId, path = ''] = /^\/([^/]+)(?:\/(.*))?$/.exec(uri.path) ?? [];
  if (runId === undefined || uri.authority !== '' || uri.more) {
    throw notContained(request.source, 'run_id');
  }
  return ofRun(ctx, request, { runId, path });
}

const ofLoggedModel = (source: string, runId: string | undefined, model: LoggedModelOrigin) => {
  const from = runId ?? model.runId;
  return {
    source,
    location: model.location,
    loggedModelId: model.id,
    ...(from === undefined ? {} : { runId: from }),
    ...(model.jobId === undefined ? {} : { jobId: model.jobId }),
  };
};

/** `mlflow-artifacts:/<experiment>/<run>/artifacts/<path>`, or the same of a logged model. */
async function artifactsSource(
  ctx: Context,
  request: SourceRequest,
  uri: SourceUri,
): Promise<Origin> {
  const { source, runId, loggedModelId } = request;
  const argument = loggedModelId === undefined ? 'run_id' : 'model_id';
  if (uri.authority !== '' || uri.more) throw notContained(source, argument);
  if (loggedModelId !== undefined) {
    const model = await findLoggedModel(ctx, loggedModelId);
    const isIn = model !== undefined && `${source}/`.startsWith(`${model.location}/`);
    if (!isIn) throw notContained(source, argument);
    requireArtifactPath(source.slice(model.location.length + 1).replace(/\/$/, ''));
    return { ...ofLoggedModel(source, runId, model), location: source };
  }
  const [, experiment = '', run, path = ''] = RUN_FILES.exec(uri.path) ?? [];
  if (run === undefined || runId === undefined) throw notContained(source, argument);
  return ofRun(ctx, request, { runId: run, path, experiment });
}

/** `models:/<name>/<version>`, by whatever names a version, or `models:/<id of a logged model>`. */
async function modelsSource(ctx: Context, request: SourceRequest, uri: SourceUri): Promise<Origin> {
  const { source, runId, loggedModelId } = request;
  const named = parseModelPath(uri.path);
  if (named === undefined || uri.authority !== '' || uri.more) {
    throw notContained(source, 'model_id');
  }
  if (named.kind === 'logged_model') {
    const model = loggedModelId === named.id && (await findLoggedModel(ctx, named.id));
    if (!model) throw notContained(source, 'model_id');
    return ofLoggedModel(source, runId, model);
  }
  const { version, name, isPrompt } = await findNamedVersion(ctx, named);
  if (isPrompt) {
    throw refused(source, 'Prompt versions cannot be used as model version sources.');
  }
  const fits =
    (runId === undefined || runId === version.runId) &&
    (loggedModelId === undefined || loggedModelId === version.loggedModelId);
  if (!fits) {
    const why = 'run_id and model_id request parameters must match the referenced model version.';
    throw refused(source, `The ${why}`);
  }
  return {
    source: `models:/${name}/${version.number}`,
    location: version.location,
    ...(version.runId === undefined ? {} : { runId: version.runId }),
    ...(version.loggedModelId === undefined ? {} : { loggedModelId: version.loggedModelId }),
  };
}

/** A place elsewhere: text that is kept and given back, and that nobody here ever follows. */
async function elsewhere(ctx: Context, request: SourceRequest): Promise<Origin> {
  const { source, runId, loggedModelId } = request;
  if (isProxied(source)) {
    throw notContained(source, loggedModelId === undefined ? 'run_id' : 'model_id');
  }
  if (loggedModelId !== undefined) {
    const model = await findLoggedModel(ctx, loggedModelId);
    if (model === undefined) throw notContained(source, 'model_id');
    return { ...ofLoggedModel(source, runId, model), location: source };
  }
  const { actor } = ctx;
  const run =
    actor.kind === 'job' && runId !== undefined ? await readableRun(ctx, runId) : undefined;
  return {
    source,
    location: source,
    ...(runId === undefined ? {} : { runId }),
    ...(run?.jobId === undefined ? {} : { jobId: run.jobId }),
  };
}

/**
 * What a new version may come from: files of runs and logged models that the caller may read, other
 * versions, or URIs of other places. Throws `invalid` for all else, local paths above all.
 */
export async function resolveSource(ctx: Context, request: SourceRequest): Promise<Origin> {
  const { source, runId, loggedModelId, prompt } = request;
  if (prompt) {
    if (PROMPT_SOURCES.includes(source)) {
      return { source, location: source, ...(runId === undefined ? {} : { runId }) };
    }
    const why = 'Prompt sources must use an MLflow placeholder.';
    throw invalid('source', `Invalid prompt source: '${source}'. ${why}`);
  }
  const uri = parseUri(source);
  requireShape(request, uri);
  if (uri.scheme === 'runs') {
    if (loggedModelId !== undefined) throw notContained(source, 'model_id');
    return runsSource(ctx, request, uri);
  }
  if (uri.scheme === 'models') return modelsSource(ctx, request, uri);
  if (uri.scheme === 'mlflow-artifacts') return artifactsSource(ctx, request, uri);
  return elsewhere(ctx, request);
}
