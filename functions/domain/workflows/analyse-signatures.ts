import { type Context, requireUser } from '#kernel/context.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import type { TaskSignature } from './signatures/signature.ts';

/** Longest code that is analysed, in characters. */
const MAX_CODE = 256 * 1024;
/** The parser takes some 3 µs for each, and nobody else is answered meanwhile. */
const MAX_PIECES = 32_768;

const SHOWN = 300;

const notPython = (why: string): AppError =>
  invalid('invalid_python', `pythonCode: no valid Python: ${why.slice(0, SHOWN)}`);

/**
 * How many words and signs there are, about as many as the parser sees: a comment is one, and what
 * looks like one inside a literal ends with that, or with what a literal may have computed.
 */
const piecesIn = (code: string): number => code.match(/#[^\n"'{]*|\w+|[^\w\s]|\n/g)?.length ?? 0;

/**
 * Signatures of the functions that a Python file registers as tasks. Nothing of it is run.
 * Throws `invalid` (`invalid_python`).
 */
export async function analyseTaskSignatures(
  ctx: Context,
  pythonCode: string,
): Promise<readonly TaskSignature[]> {
  requireUser(ctx);
  if (pythonCode.length > MAX_CODE) throw notPython(`longer than ${MAX_CODE} characters.`);
  if (piecesIn(pythonCode) > MAX_PIECES)
    throw notPython(`more than ${MAX_PIECES} words and signs.`);
  if (pythonCode.includes('\0')) throw notPython('it holds a NUL.');
  if (!pythonCode.isWellFormed()) throw notPython('it holds unpaired surrogates.');
  // The parser is large, and few calls need it.
  const { signaturesIn } = await import('./signatures/signatures.ts');
  try {
    return signaturesIn(pythonCode);
  } catch (error) {
    // The parser is recursive; its own stack is the bound.
    if (error instanceof RangeError) throw notPython('it is nested too deeply.');
    throw notPython(error instanceof Error ? error.message : 'it cannot be read.');
  }
}
