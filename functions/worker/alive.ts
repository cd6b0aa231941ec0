import { writeFile } from 'node:fs/promises';

const EVERY_MS = 15_000;

/**
 * Touches the file for as long as this process gets its turns, which jobs of any length do not
 * hinder: a health check looks at the file's age. Returns what ends it.
 */
export async function showLife(file: string, everyMs = EVERY_MS): Promise<() => void> {
  await writeFile(file, '');
  const timer = setInterval(() => {
    // A full disk must not end the worker; its check will notice.
    writeFile(file, '').catch(() => undefined);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
