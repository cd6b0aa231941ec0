/**
 * The rules of the house as functions over source text (functions/README.md tells them in words).
 * The compiler knows no layers, so these look at what is written: each import, static or dynamic,
 * who reads the environment, and whether what writes asks for permission first.
 */
import { posix } from 'node:path';

/** A file of functions/: its path below that folder, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

interface Layer {
  /** Packages and `node:` modules that it may import. */
  readonly packages: RegExp;
  /** Files below functions/ that it may import, beside its own folder. */
  readonly files: RegExp;
  /** Whether its inner parts are private to each other (domain capabilities, dialects). */
  readonly parts?: (from: string, to: string) => boolean;
}

const capability = (path: string): string => path.split('/')[1] ?? '';
const rank = (path: string): number => {
  const order: Record<string, number> = { identity: 0, resources: 1, workflows: 3, abtests: 4 };
  return order[capability(path)] ?? 2;
};

/** Another capability only through its index.ts, and none that comes later in the order. */
function domainParts(from: string, to: string): boolean {
  if (capability(from) === capability(to)) return true;
  return to === `domain/${capability(to)}/index.ts` && rank(to) <= rank(from);
}

function surfaceParts(from: string, to: string): boolean {
  const [dialect, other] = [capability(from), capability(to)];
  if (dialect === other) return true;
  return dialect === 'oracle' && to === 'surfaces/mlflow/index.ts';
}

const publicDomain = /^(kernel|http)\/|^domain\/[^/]+\/index\.ts$/;
const layers: Readonly<Record<string, Layer>> = {
  kernel: { packages: /^(zod|node:crypto)$/, files: /^$/ },
  http: {
    packages: /^(zod|hono(\/.*)?|@remix-run\/multipart-parser|node:(crypto|buffer))$/,
    files: /^kernel\//,
  },
  domain: {
    packages:
      /^(?!hono\b|@aws-sdk\/|@smithy\/|node:(sqlite|fs|http|https|net|process|child_process)\b)/,
    files: /^(kernel|archives)\//,
    parts: domainParts,
  },
  aws: { packages: /^(@aws-sdk\/.*|@smithy\/.*|zod|node:.*)$/, files: /^kernel\// },
  duckdb: { packages: /^(@duckdb\/node-api|node:.*)$/, files: /^kernel\// },
  embedded: { packages: /^(zod|node:.*)$/, files: /^kernel\// },
  git: {
    packages: /^node:(crypto|dns(\/promises)?|https?|net|timers\/promises|zlib)$/,
    files: /^kernel\//,
  },
  archives: {
    packages:
      /^(@openpgp\/unbzip2-stream\/lib\/.*|tar-stream|xz-decompress|yauzl|node:(buffer|events|fs(\/promises)?|stream(\/(consumers|promises|web))?|timers\/promises|zlib))$/,
    files: /^kernel\//,
  },
  surfaces: {
    packages: /^(?!@aws-sdk\/|@smithy\/|node:(sqlite|fs|child_process)\b)/,
    files: publicDomain,
    parts: surfaceParts,
  },
  worker: {
    packages: /^(?!hono\b|@aws-sdk\/|@smithy\/)/,
    files: /^(kernel|archives)\/|^domain\/jobs\/protocol\.ts$/,
  },
  // Client code to copy stands in it, too, whose imports look like its own: those of packages are the linter's to judge.
  web: {
    packages: /^(?!node:|hono\b|@aws-sdk\/|zod$)/,
    files: /^domain\/(stats\/index|entrypoints\/task-graph\/(index|read-yaml))\.ts$/,
  },
  entry: { packages: /./, files: /./ },
};

/** Source text without comment lines; what a comment says is no code. */
const code = (text: string): string =>
  text.replaceAll(/^\s*(\/\/|\/\*|\*).*$/gm, '').replaceAll(/\s\/\/ .*$/gm, '');

const staticImport = /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom\b)?\s*['"]([^'"]+)['"]/gm;
const dynamicImport = /\bimport\(\s*(?:(['"])([^'"]+)\1)?/g;

/** Everything that a file imports; `undefined` for an `import()` whose target is computed. */
export function importsOf(text: string): readonly (string | undefined)[] {
  const plain = code(text);
  return [
    ...[...plain.matchAll(staticImport)].map(([, target]) => target),
    ...[...plain.matchAll(dynamicImport)].map(([, , target]) => target),
  ];
}

/** Where an import leads: a path below functions/, or `undefined` for a package. */
function fileOf(from: string, target: string): string | undefined {
  if (target.startsWith('#')) return target.slice(1);
  if (target.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), target));
  return undefined;
}

function mayImport(from: string, target: string): boolean {
  const [folder = ''] = from.split('/');
  const layer = layers[folder];
  if (layer === undefined) return false;
  const file = fileOf(from, target);
  if (file === undefined) return layer.packages.test(target);
  if (file.startsWith(`${folder}/`)) return layer.parts?.(from, file) ?? true;
  return layer.files.test(file);
}

/** Imports that the table of layers does not allow, and those that nobody can check. */
export function forbiddenImports({ path, text }: Source): readonly string[] {
  const isStats = path.startsWith('domain/stats/');
  return importsOf(text).flatMap((target) => {
    if (target === undefined) return [`${path} imports something computed`];
    if (isStats && target.endsWith('kernel/context.ts')) return [`${path} imports ${target}`];
    if (target.startsWith('.') && !fileOf(path, target)?.startsWith(`${path.split('/')[0]}/`)) {
      return [`${path} leaves its folder by ${target} and not by #`];
    }
    return mayImport(path, target) ? [] : [`${path} imports ${target}`];
  });
}

/** Reads of the environment; only the composition roots may, and in a browser there is none but in code to copy. */
export function environmentReads({ path, text }: Source): readonly string[] {
  if (/^(entry|web)\//.test(path)) return [];
  const reads =
    /\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*(?:=\s*process\b|from 'node:process')/;
  return reads.test(code(text)) ? [`${path} reads the environment`] : [];
}

/** Time and ids that do not come from the context; tests could not hold them still. */
export function hiddenInputs({ path, text }: Source): readonly string[] {
  if (!/^(domain|surfaces)\//.test(path)) return [];
  const hidden = /\bDate\.now\(|\bnew Date\(\)|\brandomUUID\(|\bMath\.random\(/;
  return hidden.test(code(text)) ? [`${path} takes time or ids from nowhere`] : [];
}

const write = /\btable\s*\.\s*(write|transact|bulk)\(/;
const guard = /\brequire(Permission|User|Person|Administrator|System|Worker|InProject)\(/;

/** Whether a file of the domain writes to the table. */
export const isWriter = ({ path, text }: Source): boolean =>
  path.startsWith('domain/') && write.test(code(text));

/**
 * Exported functions that write without having asked who acts, as `path:name`; and whole files
 * that write before they ask, as `path`.
 */
export function unguardedWrites(source: Source): readonly string[] {
  if (!isWriter(source)) return [];
  const text = code(source.text);
  const functions = text.split(/^(?=(?:export )?(?:async )?(?:function|const) )/m);
  const found = functions.flatMap((body) => {
    const name = /^export (?:async )?(?:function|const) (\w+)/.exec(body)?.[1];
    return name !== undefined && asksLate(body) ? [`${source.path}:${name}`] : [];
  });
  return found.length === 0 && !guard.test(text) ? [source.path] : found;
}

function asksLate(body: string): boolean {
  const writesAt = body.search(write);
  const asksAt = body.search(guard);
  return writesAt >= 0 && (asksAt < 0 || asksAt > writesAt);
}
