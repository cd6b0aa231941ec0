/** A virtual environment that is made once per list of packages and then reused. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { withLock } from './lock.ts';
import { run } from './process.ts';

/** The Python that the bootstrap found, else the usual name. */
const python = (): string => process.env.ASSAY_PYTHON ?? 'python3';

export interface VenvOptions {
  /** Called when there is something to download. */
  readonly onInstall?: () => void;
  /** Gives up; the next one to ask begins again. */
  readonly signal?: AbortSignal;
}

/**
 * Makes `folder` a virtual environment that holds exactly `requirements` (lines for pip) and
 * returns its interpreter. Processes that ask at the same time wait for the first.
 */
export async function ensureVenv(
  folder: string,
  requirements: readonly string[],
  { onInstall, signal }: VenvOptions = {},
): Promise<string> {
  const interpreter = join(folder, 'bin', 'python');
  // Written last, so that a run that was cut off leaves an environment that counts as none.
  const stamp = join(folder, 'assay-requirements.txt');
  const wanted = `${requirements.join('\n')}\n`;
  const isReady = async () =>
    existsSync(interpreter) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted;
  if (await isReady()) return interpreter;
  return withLock(`${folder}.lock`, async () => {
    if (await isReady()) return interpreter;
    onInstall?.();
    await rm(folder, { recursive: true, force: true });
    await run(python(), ['-m', 'venv', folder], { signal });
    await install(interpreter, requirements, signal);
    await writeFile(stamp, wanted);
    return interpreter;
  });
}

async function install(
  interpreter: string,
  requirements: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  try {
    await run(interpreter, [...pip, ...requirements], { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const packages = requirements.filter((line) => !line.startsWith('-')).join(', ');
    throw new Error(
      `Python packages could not be installed (${packages}).\n` +
        'The first run needs a network and pip settings that reach a package index; run it again then.',
      { cause: error },
    );
  }
}
