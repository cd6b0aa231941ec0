import type { OpenApiOptions } from '#http/openapi.ts';
import type { Route } from '#http/route.ts';
import { OPC_REQUEST_ID, RETRY_TOKEN, USER_PRINCIPAL } from './prefix.ts';

const text = (bounds: object = {}) => ({ type: 'string', ...bounds });
const header = (name: string, description: string, schema: object = text()) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const EVERY_CALL = [
  header(USER_PRINCIPAL, 'Name or id of the user, who must be the one that is signed in.'),
  header(
    OPC_REQUEST_ID.name,
    'The id of the request; one is made where it holds more than letters, digits, "_" and "-".',
  ),
];
const TOKEN = header(
  RETRY_TOKEN,
  'Makes repeating the request harmless for 24 hours.',
  text({ minLength: 1, maxLength: 64 }),
);
const IF_MATCH = header('if-match', 'Refused with 412 unless this is the version that is changed.');
const IF_NONE_MATCH = header('if-none-match', '304 where this is the version that there is.');

const ofCall = ({ method }: Route) => [
  ...EVERY_CALL,
  ...(method === 'POST' ? [TOKEN] : []),
  method === 'GET' ? IF_NONE_MATCH : IF_MATCH,
];

const ofError = {
  [OPC_REQUEST_ID.name]: { required: true, description: 'The id of the request.', schema: text() },
};
const ofAnswer = {
  ...ofError,
  etag: { description: 'The version that is shown, for `if-match`.', schema: text() },
};

/** The headers of Oracle's calls and answers, as the document tells them. */
export const documentHeaders: NonNullable<OpenApiOptions['headers']> = {
  ofCall,
  ofAnswer,
  ofError,
};

/** The places in the path before MLflow's. */
export const variables: NonNullable<OpenApiOptions['variables']> = {
  aiDataPlatformId: {
    default: 'ocid1.aidataplatform.oc1..mine',
    description: 'Any id in the form of an OCID.',
  },
  workspaceKey: { default: 'public', description: 'A group, by its name or id.' },
};

/** The statuses that Oracle's page names for every call. */
export const STATUSES = [400, 401, 404, 409, 429, 500] as const;
