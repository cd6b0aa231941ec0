/** Signs and words that only a filter of MLflow's language has. */
const LANGUAGE = /[=<>!'"`()]|\b(?:LIKE|ILIKE|RLIKE|IN|IS|AND|OR|NOT)\b/;

/** The filter for what was typed: words that are no filter look for names that contain them. */
export function filterOf(typed: string, name: string): string {
  const text = typed.trim();
  if (text === '' || LANGUAGE.test(text)) return text;
  return `${name} ILIKE '%${text}%'`;
}
