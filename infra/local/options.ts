import process from 'node:process';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * The options that a command was started with. Whoever asks for `--help` reads `usage`, and the
 * command ends; throws with it when there are others.
 */
export function readOptions<O extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: O,
) {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
