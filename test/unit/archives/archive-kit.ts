/** Archives that no honest program makes, and some that one does. */
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export type TarEntry = Partial<Header> & {
  readonly name: string;
  readonly contents?: string | Buffer;
};

export async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { contents = '', ...header } of entries) {
    if (header.type === undefined || header.type === 'file') archive.entry(header, contents);
    else archive.entry(header);
  }
  archive.finalize();
  return buffer(archive);
}

interface TarBlock {
  readonly name?: string;
  readonly type?: string;
  /** As it stands there; else the size in octal digits. */
  readonly sizeField?: string | Buffer;
  readonly size?: number;
}

/** One header, with its checksum, whatever it says. */
export function tarBlock({ name = 'a', type = '0', size = 0, sizeField }: TarBlock): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  const field = sizeField ?? `${size.toString(8).padStart(11, '0')}\0`;
  Buffer.from(field).copy(block, 124, 0, 12);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export const tarData = (bytes: string | Buffer): Buffer => {
  const data = Buffer.from(bytes);
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
};
export const TAR_END = Buffer.alloc(1024);

/** Pax headers of the entry that follows (`x`), or of all that follow (`g`). */
export function paxBlocks(records: string | Buffer, type: 'x' | 'g' = 'x'): Buffer {
  const data = Buffer.from(records);
  return Buffer.concat([tarBlock({ name: 'pax', type, size: data.length }), tarData(data)]);
}

export const paxRecord = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const digits = [1, 2, 3, 4, 5, 6].find((count) => String(rest + count).length === count) ?? 0;
  return `${rest + digits} ${key}=${value}\n`;
};

export interface ZipEntry {
  readonly name: string;
  readonly contents?: Buffer;
  /** The contents as they are packed; else they are deflated here. */
  readonly packed?: Buffer;
  /** What the directory says, where that is not the truth. */
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly mode?: number;
  readonly zip64Size?: bigint;
  /** Where the directory says that the file begins. */
  readonly offset?: number;
  /** What the directory says beside all that. */
  readonly comment?: Buffer;
  /** What stands before the file, where that differs from the directory. */
  readonly local?: { readonly name?: string; readonly method?: number; readonly size?: number };
}

function zip64(size: bigint | undefined): Buffer {
  const extra = Buffer.alloc(size === undefined ? 0 : 12);
  if (size === undefined) return extra;
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(size, 4);
  return extra;
}

interface ZipFields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly name: Buffer;
  readonly extra: Buffer;
}

function zipFields({ flags, method, crc, packed, size, name, extra }: ZipFields): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(45, 0);
  fields.writeUInt16LE(0x800 | flags, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extra.length, 24);
  return fields;
}

/** What stands before a file and what the directory says of it, where it is at `at`. */
function zipParts(entry: ZipEntry, at: number): readonly [local: Buffer, central: Buffer] {
  const { name, contents = Buffer.from('x'), flags = 0, method = 8, local = {} } = entry;
  const deflated = () => (method === 0 ? contents : deflateRawSync(contents, { level: 9 }));
  const packed = entry.packed ?? deflated();
  const size = entry.size ?? contents.length;
  const told: ZipFields = {
    flags,
    method,
    crc: entry.crc ?? crc32(contents),
    packed: packed.length,
    size: entry.zip64Size === undefined ? size : 0xffffffff,
    name: Buffer.from(name),
    extra: zip64(entry.zip64Size),
  };
  const there: ZipFields = {
    ...told,
    method: local.method ?? method,
    size: local.size ?? told.size,
    name: Buffer.from(local.name ?? name),
    extra: Buffer.alloc(0),
  };
  const tail = Buffer.alloc(14);
  tail.writeUInt16LE(entry.comment?.length ?? 0, 0);
  tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
  tail.writeUInt32LE(entry.offset ?? at, 10);
  const central = [Buffer.from('PK\x01\x02'), Buffer.from([45, 3]), zipFields(told), tail];
  return [
    Buffer.concat([Buffer.from('PK\x03\x04'), zipFields(there), there.name, packed]),
    Buffer.concat([...central, told.name, told.extra, entry.comment ?? Buffer.alloc(0)]),
  ];
}

interface ZipOptions {
  /** How many files the end counts, where that is not the truth. */
  readonly count?: number;
  /** What stands before the directory, instead of the files one after the other. */
  readonly body?: Buffer;
}

/** A zip whose directory may lie. */
export function zip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const entry of entries) {
    const [local, central] = zipParts(entry, at);
    bodies.push(local);
    directory.push(central);
    at += local.length;
  }
  const [body, central] = [options.body ?? Buffer.concat(bodies), Buffer.concat(directory)];
  const { count = entries.length } = options;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, central, end]);
}
