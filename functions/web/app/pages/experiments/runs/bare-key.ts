import { ApiError } from '../../../data/api-error.ts';

const NAME = /^[A-Za-z_][\w-]*/;
/** A text in quotes after the name is looked for in params; all else is a number. */
const TEXT = /^\s*(?:!?=|I?LIKE\b|RLIKE\b|(?:NOT\s+)?IN\b)\s*\(?\s*['"]/i;

/** What was meant where a filter names a metric or a param without saying which of them it is. */
export function meantKey(filter: string, error: unknown): string | undefined {
  if (!(error instanceof ApiError) || !/^Invalid attribute key /.test(error.message)) {
    return undefined;
  }
  const at = error.answer.error_position;
  if (typeof at !== 'number' || filter[at - 1] === '.') return undefined;
  const rest = filter.slice(at);
  const name = NAME.exec(rest)?.[0];
  if (name === undefined || rest[name.length] === '.') return undefined;
  return `${TEXT.test(rest.slice(name.length)) ? 'params' : 'metrics'}.${name}`;
}
