import type * as z from 'zod';
import { CONTROL_CHARACTERS, text } from '#kernel/strings.ts';

const MAX_URI = 2_000;
const SCHEMES = new Set(['http', 'https', 'ftp', 'ftps', 'sftp', 'file', 'mlflow-artifacts', 's3']);
const HOSTLESS = new Set(['file', 'mlflow-artifacts']);

/** The root, or slash-separated names of which none is empty or leads elsewhere. */
const isAbsolute = (path: string): boolean =>
  path === '/' ||
  (path.startsWith('/') &&
    !path.includes('\\') &&
    path
      .slice(1)
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..'));

function problemOf(uri: string): string | undefined {
  const [, scheme = '', host = '', path = ''] =
    /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)/i.exec(uri) ?? [];
  if (host.includes('[') !== host.includes(']')) return 'Failed to parse URL';
  if (!SCHEMES.has(scheme.toLowerCase())) return 'Not a valid scheme';
  if (host === '' && !HOSTLESS.has(scheme.toLowerCase())) return 'Location is required';
  return isAbsolute(path) ? undefined : 'URL is not absolute';
}

/** One character, none of these and no control character. */
const noneOf = (characters: string): string => `[^${characters}${CONTROL_CHARACTERS}]`;
const scheme = (names: readonly string[]): string =>
  `(?:${names.join('|').replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)})`;

/** The same rules as one pattern, for documents. */
function patternOf(): string {
  const host = noneOf('/?#');
  const plain = noneOf(String.raw`/?#\[\]`);
  const bracketed = String.raw`${host}*(?:\[${host}*\]|\]${host}*\[)${host}*`;
  const location = `(?:${plain}+|${bracketed})`;
  const [any, notDot] = [noneOf(String.raw`/?#\\`), noneOf(String.raw`/?#\\.`)];
  const part = String.raw`(?:${notDot}|\.(?:${notDot}|\.${any}))${any}*`;
  const hostful = [...SCHEMES].filter((name) => !HOSTLESS.has(name));
  const start = `(?:${scheme(hostful)}://${location}|${scheme([...HOSTLESS])}:(?://(?:${location})?)?)`;
  return `^${start}/(?:${part}(?:/${part})*)?(?:[?#]${noneOf('')}*)?$`;
}

/** The URI of an artifact in the form that Dioptra asks for. It stays inert text unless it is one of ours. */
export const ArtifactUri = text({ max: MAX_URI })
  .superRefine((uri, ctx) => {
    const message = problemOf(uri);
    if (message !== undefined) ctx.addIssue({ code: 'custom', message });
  })
  .meta({ pattern: patternOf() });
export type ArtifactUri = z.infer<typeof ArtifactUri>;
