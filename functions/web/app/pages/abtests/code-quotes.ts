/** What is not seen, turns text round or ends a line. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const between = (text: string, escaped: (hex: string) => string): string =>
  `'${text
    .replaceAll(/[\\']/g, '\\$&')
    .replaceAll(HIDDEN, (sign) => escaped((sign.codePointAt(0) ?? 0).toString(16)))}'`;

/** A text in code of JavaScript. */
export const inScript = (text: string): string => between(text, (hex) => `\\u{${hex}}`);

/** A text in code of Python. */
export const inPython = (text: string): string =>
  between(text, (hex) =>
    hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`,
  );

/** A text as one word of a shell. */
export const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A name of a member in JavaScript; that of the prototype would set it. */
function member(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : inScript(name);
}

export const scriptObject = (pairs: readonly (readonly [string, string])[]): string =>
  `{ ${pairs.map(([name, value]) => `${member(name)}: ${inScript(value)}`).join(', ')} }`;

export const pythonDict = (pairs: readonly (readonly [string, string])[]): string =>
  `{${pairs.map(([name, value]) => `${inPython(name)}: ${inPython(value)}`).join(', ')}}`;

/** JSON that shows all that it holds. */
export const shownJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(HIDDEN, (sign) =>
    sign
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
