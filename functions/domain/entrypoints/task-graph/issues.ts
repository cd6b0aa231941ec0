/** A finding in the vocabulary that Dioptra's clients know. */
export type ValidationIssue = {
  readonly kind: 'syntax' | 'schema' | 'semantic' | 'type';
  readonly severity: 'error' | 'warning';
  readonly text: string;
};

export const semanticError = (text: string): ValidationIssue => ({
  kind: 'semantic',
  severity: 'error',
  text,
});

export const schemaError = (text: string): ValidationIssue => ({
  kind: 'schema',
  severity: 'error',
  text,
});

/** `semantic.error: …`, the form in which issues go to clients. */
export function issueMessage(issue: ValidationIssue): string {
  return `${issue.kind}.${issue.severity}: ${issue.text}`;
}

/** Findings in a rendered graph name the choices of swaps under which they were made. */
export function renderedIssueMessage(
  issue: ValidationIssue,
  choices: ReadonlyMap<string, string>,
): string {
  const made = [...choices].map(([swap, alias]) => `'${swap}': '${alias}'`).join(', ');
  return issueMessage({ ...issue, text: `[Swap combination {${made}}] ${issue.text}` });
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
