import type * as z from 'zod';
import { text } from '#kernel/strings.ts';

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

/** The URI of an artifact in the form that Dioptra asks for. It stays inert text unless it is one of ours. */
export const ArtifactUri = text({ max: MAX_URI }).superRefine((uri, ctx) => {
  const message = problemOf(uri);
  if (message !== undefined) ctx.addIssue({ code: 'custom', message });
});
export type ArtifactUri = z.infer<typeof ArtifactUri>;
