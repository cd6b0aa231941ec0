/** The largest document of filters, in characters of its JSON, roughly. */
export const MAX_CHARACTERS = 200_000;
/** How deep the documents of filters and the values of properties may be nested. */
export const MAX_DEPTH = 20;

const ofText = (text: string): string | undefined =>
  text.isWellFormed() && !text.includes('\0')
    ? undefined
    : 'Must be well-formed Unicode without NUL characters.';

const ofScalar = (value: unknown): string | undefined => {
  if (typeof value === 'string') return ofText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return 'Must hold finite numbers.';
  return ['string', 'number', 'boolean'].includes(typeof value) ? undefined : 'Must be JSON.';
};

const ofName = (name: string): string | undefined =>
  name === '__proto__' ? 'Must not hold the key __proto__.' : ofText(name);

/**
 * What is wrong with a document from outside before anything of it is looked at: too large, too
 * deep, or not storable as it is. It goes through it without recursion, since a parser's own
 * recursion would end in an overflow of the stack.
 */
export function documentProblem(document: unknown): string | undefined {
  const open: (readonly [value: unknown, depth: number])[] = [[document, 0]];
  let characters = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    characters += typeof value === 'string' ? value.length + 2 : 4;
    if (value !== null && value !== undefined && typeof value !== 'object') {
      const problem = ofScalar(value);
      if (problem !== undefined) return problem;
    } else if (typeof value === 'object' && value !== null) {
      if (depth > MAX_DEPTH) return `Must not be nested more than ${MAX_DEPTH} deep.`;
      for (const name of Object.keys(value)) {
        const problem = ofName(name);
        if (problem !== undefined) return problem;
        characters += name.length + 3;
        open.push([Reflect.get(value, name), depth + 1]);
      }
    }
    if (characters > MAX_CHARACTERS) return `Must be at most ${MAX_CHARACTERS} characters of JSON.`;
  }
  return undefined;
}
