/**
 * What `load` gives for a key, asked for once in this process; what fails to load is tried again by
 * the next call. For modules, too: an `import()` that is repeated looks up its module anew each
 * time, which costs more than most calls do with it.
 */
export function loadOnce<V, K = void>(load: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const loaded = new Map<K, Promise<V>>();
  return (key) => {
    const before = loaded.get(key);
    if (before !== undefined) return before;
    const value = load(key);
    loaded.set(key, value);
    value.catch(() => loaded.delete(key));
    return value;
  };
}
