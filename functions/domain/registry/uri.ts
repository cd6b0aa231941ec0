/** URIs of model sources, taken apart as text; nothing here follows one. */

/** More layers of escapes than that are refused. */
const MAX_DECODES = 5;
/** Where our own files are reached over HTTP. */
const PROXY_ROUTE = /\/api\/2\.0\/mlflow-artifacts\/artifacts(\/|$)/i;

export interface SourceUri {
  /** Lower case; empty where there is none, as in paths. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** Whether anything follows the path. */
  readonly more: boolean;
}

export function parseUri(text: string): SourceUri {
  const [, scheme = '', rest = text] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text) ?? [];
  const [, authority = '', after = rest] = /^\/\/([^/?#]*)(.*)$/s.exec(rest) ?? [];
  const end = after.search(/[?#]/);
  return {
    scheme: scheme.toLowerCase(),
    authority,
    path: end < 0 ? after : after.slice(0, end),
    more: end >= 0,
  };
}

/** A place on somebody's own disk, ours included: a path, a drive or a `file:` URI. */
export const isLocal = ({ scheme }: SourceUri): boolean => scheme === 'file' || scheme.length <= 1;

/** What a text turns into when it is decoded, again and again; `undefined` where that has no end. */
function decodings(text: string): readonly string[] | undefined {
  const found = [text];
  for (let time = 0; time < MAX_DECODES; time += 1) {
    const last = found.at(-1) ?? '';
    const next = last.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        return escapes;
      }
    });
    if (next === last) return found;
    found.push(next);
  }
  return undefined;
}

/** Escapes of dots and their like that are not UTF-8 as a whole, which some decode one by one. */
const LONE_ESCAPES = /%(?:2e|2f|5c|00)/i;

/** Whether a URI keeps to where it points, however it is decoded: an absolute path without steps up. */
export function isAbsolute(text: string): boolean {
  const all = decodings(text);
  if (all === undefined) return false;
  return (
    all.every((each) => {
      const { path } = parseUri(each);
      const steps = each.split(/[/\\?#;]/);
      const climbs = steps.some((step) => step === '.' || step === '..');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      const strange = /[\\\u0000-\u001f\u007f]/.test(each);
      return path.startsWith('/') && /[^/]/.test(path) && !climbs && !strange;
    }) && !LONE_ESCAPES.test(all.at(-1) ?? '')
  );
}

/** Whether it leads to files of some server of this kind over HTTP. */
export const isProxied = (text: string): boolean =>
  (decodings(text) ?? [text]).some((each) => {
    const { scheme, path } = parseUri(each);
    return /^https?$/.test(scheme) && PROXY_ROUTE.test(path.replaceAll(/\/+/g, '/'));
  });
