import { ApiError } from '../../../data/api-error.ts';

/** What a check found, and where it is to be mended. */
export interface Finding {
  readonly where: 'taskGraph' | 'artifactGraph' | 'form';
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
}

const PLACE = /\s*\(line (\d+), column (\d+)\)\.?$/;
const PREFIX = /^(?:taskGraph: |(?:syntax|schema|semantic|type)\.(?:error|warning): )/;
const COMBINATION = /\[Swap combination \{\}\] /;
const ARTIFACTS = /artifact (?:output|graph)/i;
const STEP = /step "([^"]+)"/i;

/** The line of a step or artifact, which stands at the beginning of one. */
function lineOf(name: string | undefined, text: string): number | undefined {
  if (name === undefined) return undefined;
  const starts = [`${name}:`, `"${name}":`, `'${name}':`];
  const at = text.split('\n').findIndex((line) => starts.some((start) => line.startsWith(start)));
  return at < 0 ? undefined : at + 1;
}

interface Texts {
  readonly taskGraph: string;
  readonly artifactGraph: string;
}

/** A message of the server with the place that it names, or that of the step that it is about. */
export function findingOf(message: string, texts: Texts): Finding {
  const place = PLACE.exec(message);
  const shown = message.replace(PLACE, '').replace(PREFIX, '').replace(COMBINATION, '');
  const artifact = ARTIFACTS.test(shown);
  const where = artifact ? 'artifactGraph' : 'taskGraph';
  const [, line, column] = place ?? [];
  const named = /artifact output "([^"]+)"/i.exec(shown)?.[1] ?? STEP.exec(shown)?.[1];
  return {
    where,
    line: line === undefined ? lineOf(named, texts[where]) : Number(line),
    column: column === undefined ? undefined : Number(column),
    message: `${shown.slice(0, 1).toUpperCase()}${shown.slice(1)}`,
  };
}

/** What a check answered. */
export const findingsOf = (
  issues: readonly { readonly message: string }[],
  texts: Texts,
): readonly Finding[] => issues.map(({ message }) => findingOf(message, texts));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const missing = (name: unknown): string =>
  `"${String(name)}" is used in a graph, but is no step, parameter or artifact parameter`;

/** What a refused save found; nothing where it was refused for other reasons. */
export function findingsIn(error: unknown, texts: Texts): readonly Finding[] {
  if (!(error instanceof ApiError)) return [];
  const { detail, message } = error.answer;
  if (error.code === 'InvalidYamlError' || error.code === 'EmptyGraphError') {
    return [findingOf(String(message).replace(/^Bad Request - /, ''), texts)];
  }
  const reason = isRecord(detail) ? detail.reason : undefined;
  if (error.code !== 'EntrypointValidationError' || !isRecord(reason)) return [];
  return Object.entries(reason).flatMap(([group, found]) =>
    (Array.isArray(found) ? found : []).map((each) => {
      if (group !== 'missing_global_params') return findingOf(String(each), texts);
      return { where: 'form', line: undefined, column: undefined, message: missing(each) } as const;
    }),
  );
}
