import type { PackedEntry } from '#kernel/archive-entries.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import type { Objects } from './objects.ts';
import { malformed } from './refused.ts';

interface TreeItem {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

const ID = 20;
const FOLDER = '40000';
const SUBMODULE = '160000';
const FILE = /^100[0-7]{3}$/;

/** The id of a commit's tree, which its first line names. */
export function treeOf(commit: Buffer): string {
  const [, id] = /^tree ([0-9a-f]{40})\n/.exec(commit.toString('latin1', 0, 46)) ?? [];
  if (id === undefined) throw malformed('a commit without a tree');
  return id;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function nameOf(bytes: Buffer): string {
  let name: string;
  try {
    name = utf8.decode(bytes);
  } catch {
    throw new RepositoryRefused('a name in it is no UTF-8');
  }
  // What a name must not be otherwise is up to the rules of entries.
  if (name === '' || name.includes('/')) throw malformed('a name that is none');
  return name;
}

function* itemsOf(tree: Buffer): Generator<TreeItem> {
  for (let at = 0; at < tree.byteLength; ) {
    const space = tree.indexOf(' ', at);
    const zero = tree.indexOf(0, at);
    const end = zero + 1 + ID;
    if (space < at || zero < space || end > tree.byteLength) throw malformed('a broken folder');
    yield {
      mode: tree.toString('latin1', at, space),
      name: nameOf(tree.subarray(space + 1, zero)),
      id: tree.toString('hex', zero + 1, end),
    };
    at = end;
  }
}

const nothing = async (): Promise<Uint8Array> => new Uint8Array();

function entryOf(objects: Objects, name: string, { mode, id }: TreeItem): PackedEntry {
  if (mode === FOLDER || mode === SUBMODULE) {
    return { name, kind: 'directory', size: 0, read: nothing };
  }
  if (!FILE.test(mode)) return { name, kind: 'other', size: 0, read: nothing };
  return { name, kind: 'file', size: objects.sizeOf(id), read: () => objects.read(id, 'blob') };
}

/**
 * Everything below a tree, a folder before what is in it. A small pack may name more than
 * anybody could read (folders of the same folders): whoever reads must count.
 */
export async function* entriesOf(objects: Objects, root: string): AsyncGenerator<PackedEntry> {
  const folders = [{ id: root, path: '' }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const { id, path } = next;
    for (const item of itemsOf(await objects.read(id, 'tree'))) {
      const name = `${path}${item.name}`;
      yield entryOf(objects, name, item);
      if (item.mode === FOLDER) folders.push({ id: item.id, path: `${name}/` });
    }
  }
}
