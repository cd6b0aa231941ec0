import type { PlaceOf, Spot } from './places.ts';

/** A finding in the vocabulary that Dioptra's clients know. */
export type ValidationIssue = {
  readonly kind: 'syntax' | 'schema' | 'semantic' | 'type';
  readonly severity: 'error' | 'warning';
  readonly text: string;
  /** Where it was written; the first spot that is known counts. */
  readonly spots: readonly Spot[];
};

const error =
  (kind: ValidationIssue['kind']) =>
  (text: string, spots: readonly Spot[] = []): ValidationIssue => ({
    kind,
    severity: 'error',
    text,
    spots,
  });

export const schemaError = error('schema');
export const semanticError = error('semantic');
export const typeError = error('type');

/** Names of swaps and aliases are users'; a message repeats many of them. */
const SHOWN_CHOICES = 2_000;

/** Findings in a rendered graph name the choices of swaps under which they were made. */
export function combinationPrefix(choices: ReadonlyMap<string, string>): string {
  const made = [...choices].map(([swap, alias]) => `'${swap}': '${alias}'`).join(', ');
  const shown = made.length > SHOWN_CHOICES ? `${made.slice(0, SHOWN_CHOICES)}…` : made;
  return `[Swap combination {${shown}}] `;
}

/** `semantic.error: …`, the form in which issues go to clients. */
export function issueMessage(
  { kind, severity, text, spots }: ValidationIssue,
  placeOf: PlaceOf = () => undefined,
  prefix = '',
): string {
  const place = placeOf(spots);
  const at = place === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
  return `${kind}.${severity}: ${prefix}${text}${at}`;
}

/** Names in quotes, separated by commas; long lists are cut, because one text may need many of them. */
export function listed(names: Iterable<string>): string {
  const quoted = [...names].map((name) => `"${name}"`);
  const shown = quoted.slice(0, 20).join(', ');
  return quoted.length > 20 ? `${shown} and ${quoted.length - 20} more` : shown;
}

/** Names that occur more than once, each reported once. */
export function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const again = names.filter((name) => seen.size === seen.add(name).size);
  return [...new Set(again)];
}
