/**
 * `make` with a memory of what it made of texts lately, up to twice so many characters of them: many calls
 * of one process read the same texts. What it makes must never be changed.
 */
export function remembering<T extends object>(
  make: (text: string) => T,
  characters: number,
): (text: string) => T {
  let fresh = new Map<string, T>();
  let old = new Map<string, T>();
  let length = 0;
  return (text) => {
    const known = fresh.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? make(text);
    length += text.length;
    if (length > characters) {
      old = fresh;
      fresh = new Map();
      length = text.length;
    }
    fresh.set(text, made);
    return made;
  };
}

/** The same of objects, for as long as they are used. */
export function rememberingOf<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const made = new WeakMap<K, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
