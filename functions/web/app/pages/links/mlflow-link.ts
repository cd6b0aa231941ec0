/** What a link of MLflow's own pages names; its clients print such links for each run. */
export type MlflowLink =
  | { readonly experiment: string; readonly run?: string | undefined }
  | { readonly model: string; readonly version?: number | undefined };

const EXPERIMENT = /^#\/experiments\/([\w-]{1,100})(?:\/runs\/([\w-]{1,100}))?(?:[/?]|$)/;
const MODEL = /^#\/models\/([^/?]{1,1000})(?:\/versions\/(\d{1,9}))?(?:[/?]|$)/;
const MOST_NAME = 250;

function decoded(text: string): string | undefined {
  try {
    const name = decodeURIComponent(text);
    return name.length <= MOST_NAME ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what stands from the `#` on: `#/experiments/E/runs/R` or `#/models/N/versions/V`. */
export function mlflowLink(hash: string): MlflowLink | undefined {
  const [, experiment, run] = EXPERIMENT.exec(hash) ?? [];
  if (experiment !== undefined) return { experiment, run };
  const [, name, version] = MODEL.exec(hash) ?? [];
  const model = name === undefined ? undefined : decoded(name);
  if (model === undefined) return undefined;
  return { model, version: version === undefined ? undefined : Number(version) };
}

/** The page, below `/ui`, that leads on to what a link of MLflow's names; only the start has such links. */
export function mlflowLinkPage(path: string, hash: string): string | undefined {
  const link = /^\/ui\/?$/.test(path) ? mlflowLink(hash) : undefined;
  if (link === undefined) return undefined;
  const named = Object.entries(link).filter(([, value]) => value !== undefined);
  // In quotes, as the router writes texts that look like numbers.
  const search = named.map(([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`);
  return `/ui/linked?${search.join('&')}`;
}
