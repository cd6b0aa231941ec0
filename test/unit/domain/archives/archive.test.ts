import { gunzipSync, inflateRawSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { makeArchive } from '#domain/archives/archive.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const longPath = `${'deep/'.repeat(40)}file.py`;
const entries = [
  { path: 'tools/a.py', bytes: bytesOf('print("ä")\n') },
  { path: 'tools/empty.py', bytes: new Uint8Array() },
  { path: longPath, bytes: bytesOf('x') },
];
const contents = { 'tools/a.py': 'print("ä")\n', 'tools/empty.py': '', [longPath]: 'x' };

interface Member {
  readonly path: string;
  readonly text: string;
}

async function untar(bytes: Uint8Array): Promise<readonly (Member & { readonly mtime: number })[]> {
  const tar = extract();
  tar.end(gunzipSync(bytes));
  const members: (Member & { readonly mtime: number })[] = [];
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    const { name: path, mtime } = entry.header;
    members.push({ path, text: Buffer.concat(chunks).toString(), mtime: mtime?.getTime() ?? -1 });
  }
  return members;
}

/** What the central directory at the end of a zip file lists, read from where it points. */
function unzip(bytes: Uint8Array): readonly Member[] {
  const zip = Buffer.from(bytes);
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: count }, () => {
    const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const path = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const [method, size, local] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 42),
    ];
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + size);
    at += 46 + nameLength + extraLength + zip.readUInt16LE(at + 32);
    return { path, text: (method === 8 ? inflateRawSync(data) : data).toString() };
  });
}

const asRecord = (members: readonly Member[]) =>
  Object.fromEntries(members.map(({ path, text }) => [path, text]));

describe('an archive', () => {
  it('as tar.gz holds the entries in their order, all from the beginning of time', async () => {
    const members = await untar(await makeArchive(entries, 'tar_gz'));

    expect(asRecord(members)).toEqual(contents);
    expect(members.map(({ path }) => path)).toEqual(entries.map(({ path }) => path));
    expect(new Set(members.map(({ mtime }) => mtime))).toEqual(new Set([0]));
  });

  it('as zip holds the entries in their order', async () => {
    const members = unzip(await makeArchive(entries, 'zip'));

    expect(asRecord(members)).toEqual(contents);
    expect(members.map(({ path }) => path)).toEqual(entries.map(({ path }) => path));
  });

  it.each(['tar_gz', 'zip'] as const)('as %s of the same entries is the same', async (type) => {
    const first = await makeArchive(entries, type);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const again = await makeArchive(entries, type);
    const other = await makeArchive(entries.slice(1), type);

    expect(Buffer.from(first).equals(again)).toBe(true);
    expect(Buffer.from(first).equals(other)).toBe(false);
  });
});
