/** The commands of README.md, as people read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/local/process.ts';

/** At the end of a command that no test can run. */
const MARK = '# needs an account';

export interface ReadmeCommand {
  readonly line: string;
  readonly needsAccount: boolean;
}

/** Lines of the code blocks from one heading to another. */
export function readmeCommands(from: string, to: string): readonly ReadmeCommand[] {
  const text = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const part = text.slice(text.indexOf(`\n${from}\n`), text.indexOf(`\n${to}\n`));
  const commands: ReadmeCommand[] = [];
  let fence: string | undefined;
  for (const line of part.split('\n').map((each) => each.trim())) {
    if (line.startsWith('```')) fence = fence === undefined ? line : undefined;
    else if (fence === '```' && line !== '')
      commands.push({ line, needsAccount: line.endsWith(MARK) });
  }
  return commands;
}
