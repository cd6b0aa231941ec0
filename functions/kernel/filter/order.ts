import { AppError } from '../errors.ts';
import type { Order, Vocabulary } from './ast.ts';
import { readName, requireSortable } from './fields.ts';
import {
  atEnd,
  filterError,
  type Reader,
  readerOf,
  requireReadable,
  shownText,
  skipSpaces,
  takeKeyword,
  takeWord,
} from './reader.ts';

const MAX_CLAUSES = 100;

const unreadable = (clause: string, reader: Reader) =>
  filterError(
    `Invalid order_by clause '${shownText(clause)}'. Could not be parsed. Use a name and ASC or DESC, one clause for each name`,
    reader.at,
  );

function readDirection(reader: Reader, clause: string): boolean {
  if (atEnd(reader) || takeKeyword(reader, 'ASC')) return true;
  if (takeKeyword(reader, 'DESC')) return false;
  takeWord(reader);
  skipSpaces(reader);
  throw atEnd(reader)
    ? filterError(`Invalid ordering key in order_by clause '${shownText(clause)}'. Use ASC or DESC`)
    : unreadable(clause, reader);
}

function parseClause(clause: string, vocabulary: Vocabulary): Order {
  requireReadable(clause, 'order');
  const reader = readerOf(clause);
  skipSpaces(reader);
  if (atEnd(reader)) throw unreadable(clause, reader);
  const named = readName(reader);
  skipSpaces(reader);
  const ascending = readDirection(reader, clause);
  if (!atEnd(reader)) throw unreadable(clause, reader);
  return { field: requireSortable(named, vocabulary), ascending };
}

/** A place in a clause is told in words alone: callers take the number for one in their filter. */
function withoutPlace<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AppError) throw filterError(error.message);
    throw error;
  }
}

/** Parses what rows are to be ordered by, the first clause above the others. Throws `invalid` (`filter`). */
export function parseOrderBy(clauses: readonly string[], vocabulary: Vocabulary): readonly Order[] {
  if (clauses.length > MAX_CLAUSES) {
    throw filterError(`An order has at most ${MAX_CLAUSES} clauses: leave some out.`);
  }
  const seen = new Set<string>();
  return clauses.map((clause) => {
    const order = withoutPlace(() => parseClause(clause, vocabulary));
    const name = JSON.stringify([order.field.entity, order.field.key]);
    if (seen.has(name)) {
      throw filterError(
        `\`order_by\` contains duplicate fields: '${shownText(clause)}'. Name each once.`,
      );
    }
    seen.add(name);
    return order;
  });
}
