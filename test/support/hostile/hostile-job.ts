/** The job that tries what no job may do, and what its log must say. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import * as z from 'zod';

export const attackSource = (): Promise<string> =>
  readFile(fileURLToPath(new URL('attack.py', import.meta.url)), 'utf8');

const Attempt = z.strictObject({
  attack: z.string(),
  got: z.string().optional(),
  refused: z.string().optional(),
});
const Fact = z.looseObject({ fact: z.string() });

/** What an attack brought, or the name of the error that refused it. */
interface Attempted {
  readonly got?: string | undefined;
  readonly refused?: string | undefined;
}

export interface HostileReport {
  readonly attacks: ReadonlyMap<string, Attempted>;
  facts<Facts extends z.ZodRawShape>(name: string, shape: Facts): z.infer<z.ZodObject<Facts>>[];
}

/** Reads the lines that the hostile plugin printed; others are passed over. */
export function readHostileReport(lines: readonly string[]): HostileReport {
  const found: unknown[] = lines.filter((line) => line.startsWith('{')).map((l) => JSON.parse(l));
  const attempts = found.flatMap((line) => Attempt.safeParse(line).data ?? []);
  const facts = found.flatMap((line) => Fact.safeParse(line).data ?? []);
  expect(attempts.length + facts.length).toBe(found.length);
  return {
    attacks: new Map(attempts.map((attempt) => [attempt.attack, attempt])),
    facts: (name, shape) =>
      facts.filter(({ fact }) => fact === name).map((fact) => z.object(shape).parse(fact)),
  };
}

/** Where the answer is that there is no such thing. */
const ABSENT = new Set(['~/.aws', 'shared memory']);

/** The attacks that were not refused as they should be, with what they brought. */
export const successful = ({ attacks }: HostileReport): string[] =>
  [...attacks]
    .filter(([name, { refused }]) =>
      ABSENT.has(name)
        ? refused !== 'FileNotFoundError'
        : refused !== 'PermissionError' && refused !== 'ProcessLookupError',
    )
    .map(([name, { got, refused }]) => `${name}: ${got ?? refused}`);

/** The attacks that `attack` makes, whatever further paths it is given. */
export const FIXED_ATTACKS = 21;

const task = (name: string, inputs: readonly string[] = []) => ({
  plugin: `trial.attack.${name}`,
  inputs: inputs.map((input) => ({ [input]: 'any' })),
});

/**
 * A claim of the plugin `trial/attack.py`: it attacks, and leaves behind what it can. Without
 * paths it only looks for what an earlier one left.
 */
export function hostileJob(
  forbidden?: readonly string[],
  setuid?: { readonly program: string; readonly secret: string },
) {
  const parameters =
    forbidden === undefined
      ? {}
      : { forbidden, setuid_program: setuid?.program, setuid_secret: setuid?.secret };
  const names = Object.keys(parameters);
  const graph =
    forbidden === undefined
      ? { look: { look_around: [] } }
      : {
          attack: { attack: names.map((name) => `$${name}`) },
          litter: { litter: [], dependencies: ['attack'] },
        };
  return {
    artifactTasks: {},
    parameters: JSON.stringify(parameters),
    config: JSON.stringify({
      parameters: Object.fromEntries(names.map((name) => [name, ''])),
      tasks: {
        attack: task('attack', ['forbidden', 'setuid_program', 'setuid_secret']),
        litter: task('litter'),
        look_around: task('look_around'),
      },
      graph,
    }),
  };
}
