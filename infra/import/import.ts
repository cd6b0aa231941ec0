/** What every step of an import works with. */
import { createHash } from 'node:crypto';
import type { Journal } from './journal.ts';
import type { Progress } from './progress.ts';
import { Refused, type Server } from './server.ts';

export interface Import {
  readonly from: Server;
  readonly to: Server;
  readonly journal: Journal;
  readonly progress: Progress;
  /** Calls at the same time. */
  readonly atOnce: number;
  /** Files above so many bytes are stored in parts of so many. */
  readonly parts: { readonly above: number; readonly bytes: number };
  /** What could not be taken over, a line each. */
  readonly problems: string[];
}

export const API = '/api/2.0/mlflow';

/** The tag that says where something comes from; what has it is found again and never made twice. */
export const MARK = 'assay.importedFrom';

/** Credentials that somebody put into the URL belong into no tag. */
const bare = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');

export const markOf = ({ from }: Pick<Import, 'from'>, kind: string, id: string) => ({
  key: MARK,
  value: `${bare(from.url)}#${kind}/${id}`,
});

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Tags that the source gave; a mark may be of an import into it. */
export const unmarked = (tags: readonly Tag[] = []): readonly Tag[] =>
  tags.filter(({ key }) => key !== MARK);

/** Whether something here has the mark. */
export const isMarked = (tags: readonly Tag[] | undefined, mark: Tag): boolean =>
  tags?.some(({ key, value }) => key === mark.key && value === mark.value) ?? false;

/** The same call has the same key however often it is made; see the README on Idempotency-Key. */
export const callKey = (...what: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('base64url');

export const isTaken = (error: unknown): boolean =>
  error instanceof Refused && error.code === 'RESOURCE_ALREADY_EXISTS';

export const isMissing = (error: unknown): boolean =>
  error instanceof Refused && error.code === 'RESOURCE_DOES_NOT_EXIST';

/** Does what the server here may refuse for what it is; whether it did. */
export async function orProblem(
  job: Import,
  what: string,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (
      !(error instanceof Refused) ||
      error.status >= 500 ||
      error.status === 401 ||
      error.status === 403
    )
      throw error;
    job.problems.push(`${what}: ${error.message}`);
    return false;
  }
}
