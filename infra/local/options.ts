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

const MAX_PORT = 65_535;

/** The port that `--port` names; 0, where `least` allows it, is any that is free. */
export function portOf(text: string, least: 0 | 1 = 1): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= least && port <= MAX_PORT)
    return port;
  throw new Error(`--port ${text} is not a port; use one from ${least} to ${MAX_PORT}.`);
}
