import { invalid } from '#kernel/errors.ts';
import { decodings } from '../artifacts.ts';
import { cut } from '../schemas.ts';

/** As long as MLflow's server takes. */
const MAX_LENGTH = 2_048;

/** Stores that clients reach with credentials of their own. */
const SCHEMES = ['s3', 'gs', 'abfs', 'abfss', 'wasb', 'wasbs', 'hdfs', 'viewfs', 'r2', 'b2', 'oss'];
const STORE = new RegExp(
  `^(?:${SCHEMES.join('|')})://[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?(?:@[A-Za-z0-9][\\w.-]*)?(?::\\d{1,5})?(?:/|$)`,
);

const refused = (why: string) => invalid('artifact_location', `Invalid artifact_location. ${why}`);

/**
 * Throws `invalid` unless runs may keep their files there: in a store of the cloud. The text is kept
 * as it is and nothing is ever read from it; but clients build paths of it, so it must lead nowhere
 * else, however it is decoded.
 */
export function requireArtifactRoot(uri: string): void {
  if (cut(uri, MAX_LENGTH) !== uri) {
    throw refused(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${MAX_LENGTH} characters.`,
    );
  }
  if (!uri.isWellFormed()) throw refused('It is not well-formed Unicode.');
  if (!STORE.test(uri)) {
    throw refused(
      `Leave it out, and files are kept by this server, or use the URI of a store: ${SCHEMES.join('://, ')}://.`,
    );
  }
  for (const text of decodings(uri)) {
    if (/[#?;\\\p{Cc}]/u.test(text)) {
      throw refused("It can't include fragments, params, queries, backslashes or controls.");
    }
    if (text.split('/').some((part) => part === '.' || part === '..')) {
      throw refused('It must not name a folder above another.');
    }
  }
}
