/** Who may call a route, in the words of OpenAPI documents and in those of people. */
import type { Json } from './openapi-schema.ts';
import type { Access } from './route.ts';

/** Ways to show who one is; workers and jobs have bearer tokens of their own kinds. */
const SCHEMES: Json = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'session',
    description: 'Browsers get it by signing in, as the form at the top of /docs does.',
  },
  remember: {
    type: 'apiKey',
    in: 'cookie',
    name: 'dioptra_remember_token',
    description: 'The same under another name; either is enough.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'Name and password of an account.' },
  token: { type: 'http', scheme: 'bearer', description: 'A personal token.' },
  jobToken: { type: 'http', scheme: 'bearer', description: 'The token of one attempt of a job.' },
  workerToken: { type: 'http', scheme: 'bearer', description: 'The token of a worker.' },
};

const PERSON = [{ session: [] }, { remember: [] }, { basic: [] }];

export function security(access: Access): readonly Json[] {
  if (access.kind === 'public')
    return access.signedIn === true ? [{}, ...PERSON, { token: [] }] : [];
  if (access.kind === 'worker') return [{ workerToken: [] }];
  if (access.kind === 'login') return [...PERSON, { token: [] }];
  const token = { token: [`${access.object}:${access.action}`] };
  return [...PERSON, token, ...(access.jobs === true ? [{ jobToken: [] }] : [])];
}

/** The schemes that routes of these kinds of access name. */
export function schemesOf(accesses: readonly Access[]): Json {
  const named = new Set(accesses.flatMap((access) => security(access).flatMap(Object.keys)));
  return Object.fromEntries(Object.entries(SCHEMES).filter(([name]) => named.has(name)));
}

/** Who may call it, for people. */
export function callers(access: Access): string {
  if (access.kind === 'public') {
    return access.signedIn === true
      ? 'Anybody may call it, signed in or not.'
      : 'Anybody may call it.';
  }
  if (access.kind === 'worker') return 'For workers, by their token.';
  if (access.kind === 'login') return 'For people; tokens that have scopes do not serve.';
  const scope = `A token that has scopes needs \`${access.object}:${access.action}\`.`;
  return access.jobs === true ? `${scope} Jobs may call it, too.` : scope;
}
