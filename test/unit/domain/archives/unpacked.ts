import { gunzipSync, inflateRawSync } from 'node:zlib';
import { extract } from 'tar-stream';

export interface Member {
  readonly path: string;
  readonly text: string;
}

export async function untar(
  bytes: Uint8Array,
): Promise<readonly (Member & { readonly mtime: number })[]> {
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
export function unzip(bytes: Uint8Array): readonly Member[] {
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

/** Text by path. */
export const asRecord = (members: readonly Member[]) =>
  Object.fromEntries(members.map(({ path, text }) => [path, text]));
