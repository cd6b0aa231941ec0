/**
 * Whether an object somewhere in data from outside has the key `__proto__`, which objects here cannot
 * hold as their own once they are copied.
 */
export function holdsProto(value: unknown): boolean {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) return true;
    for (const member of Object.values(next)) if (typeof member === 'object') open.push(member);
  }
  return false;
}
