/** A virtual environment that is made once per list of packages and then reused. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { run } from './process.ts';

/** The Python that the bootstrap found, else the usual name. */
const python = (): string => process.env.ASSAY_PYTHON ?? 'python3';

const interpreter = (folder: string): string => join(folder, 'bin', 'python');

/**
 * Makes `folder` a virtual environment that holds exactly `requirements` (and what they need)
 * and returns its interpreter. `onInstall` is called when there is something to download.
 */
export async function ensureVenv(
  folder: string,
  requirements: readonly string[],
  onInstall: () => void = () => {},
): Promise<string> {
  const stamp = join(folder, 'assay-requirements.txt');
  const wanted = `${requirements.join('\n')}\n`;
  if (existsSync(interpreter(folder)) && (await readIfThere(stamp)) === wanted) {
    return interpreter(folder);
  }
  onInstall();
  // Made under another name and moved, so that a run that was cut off leaves no half environment.
  const fresh = `${folder}.${process.pid}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  try {
    await run(python(), ['-m', 'venv', fresh]);
    await install(fresh, requirements);
    await writeFile(join(fresh, 'assay-requirements.txt'), wanted);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another run may have made it in the meantime.
    if ((await readIfThere(stamp)) !== wanted) throw error;
  }
  return interpreter(folder);
}

async function install(folder: string, requirements: readonly string[]): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  try {
    await run(interpreter(folder), [...pip, ...requirements]);
  } catch (error) {
    throw new Error(
      `Python packages could not be installed (${requirements.join(', ')}).\n` +
        'The first run needs a network and pip settings that reach a package index; run it again then.',
      { cause: error },
    );
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  return existsSync(file) ? readFile(file, 'utf8') : undefined;
}
