const BREAK = /\r\n|\n|\r(?!$)/;

export interface LineSplitter {
  /** The lines that are complete now, without their ends; long ones in pieces. */
  feed(text: string): string[];
  /** What is left when nothing more comes. */
  end(): string[];
}

export interface SplitOptions {
  /** Longest piece, in UTF-16 units. */
  readonly max: number;
  /** Texts that no line may show. */
  readonly secrets?: readonly string[];
}

/** Splits a stream of text into lines; keeps at most `max` and one chunk in memory. */
export function lineSplitter({ max, secrets = [] }: SplitOptions): LineSplitter {
  // A secret that begins before a cut must be whole in the buffer when the cut is made.
  const overlap = Math.max(0, ...secrets.map((secret) => secret.length));
  let rest = '';
  const clean = (text: string): string => hide(text, secrets);
  return {
    feed(text) {
      const lines = (rest + text).split(BREAK);
      rest = lines.pop() ?? '';
      const found = lines.flatMap((line) => pieces(clean(line), max));
      if (rest.length > max + overlap) {
        rest = clean(rest);
        while (rest.length > max + overlap) {
          const [piece, after] = cut(rest, max);
          found.push(piece);
          rest = after;
        }
      }
      return found;
    },
    end() {
      const last = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      rest = '';
      return last === '' ? [] : pieces(clean(last), max);
    },
  };
}

/** The text with each secret replaced. */
export const hide = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

/** The text in pieces of at most `max`; an empty text is one empty piece. */
export function pieces(text: string, max: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const [piece, after] = cut(rest, max);
    found.push(piece);
    rest = after;
  }
  return [...found, rest];
}

/** Cuts at `max`, or one before it where a pair of surrogates would be torn apart. */
function cut(text: string, max: number): readonly [string, string] {
  const unit = text.charCodeAt(max - 1);
  const at = unit >= 0xd800 && unit <= 0xdbff ? max - 1 : max;
  return [text.slice(0, at), text.slice(at)];
}
