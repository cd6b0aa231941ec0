import type { Logger } from '#kernel/context.ts';

/** A log of one JSON object a line. */
export function jsonLog(write: (line: string) => void = console.log): Logger {
  const say =
    (level: string) =>
    (event: string, fields: object = {}) =>
      write(JSON.stringify({ level, event, ...fields }));
  return { info: say('info'), error: say('error') };
}
