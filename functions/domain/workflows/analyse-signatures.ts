import { type Context, requireUser } from '#kernel/context.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import type { TaskSignature } from './signatures/signature.ts';

/** Longest code that is analysed, in characters: the parser takes up to a second for it. */
export const MAX_CODE = 256 * 1024;

const SHOWN = 300;

const notPython = (why: string): AppError =>
  invalid('invalid_python', `pythonCode: no valid Python: ${why.slice(0, SHOWN)}`);

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
