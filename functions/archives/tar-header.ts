import { extract, type Header } from 'tar-stream';
import { ArchiveRefused, type EntryHeader, shownName } from '#kernel/archive-entries.ts';
import type { ByteReader } from './byte-reader.ts';

export const BLOCK = 512;
/** What may come before one entry: names and attributes, beside its own block. */
const MAX_EXTENDED = 64 * 1024;

const ZEROS = Buffer.alloc(BLOCK);
/** How a size begins that is no text: of 8 GB and more. */
const POSITIVE_BINARY = 0x80;
/** Headers that only tell about the next one: pax, of one entry or of all, and GNU's long names. */
const EXTENDED = 'xgLK';
/** What pax says of all entries that come, as other readers take it and this one does not. */
const NAMES_ALL = /(?:^|\n)\d+ (?:path|linkpath|size|GNU\.sparse\.[^=\n]*)=/;

const NO_TAR = 'what is in it is no tar, or damaged: make it anew';

export const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;
const typeOf = (block: Buffer): string => block.toString('latin1', 156, 157);

const noNumber = () => new ArchiveRefused('a size in it is no number: make it anew');

/** The size in a header as octal digits, and nothing that one reader takes for digits alone. */
function octalSize(block: Buffer): number {
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(block.toString('latin1', 124, 136)) ?? [];
  if (digits === undefined) throw noNumber();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** All blocks that tell of one entry, as one reader of headers takes them. */
function decode(blocks: readonly Buffer[]): Promise<Header> {
  return new Promise((resolve, reject) => {
    const tar = extract();
    // Its contents are read elsewhere; that they are not here is no news.
    tar.on('entry', (header, contents) => {
      resolve(header);
      contents.on('error', () => undefined);
      tar.destroy();
    });
    tar.on('error', reject);
    tar.on('close', () => reject(new Error('These blocks hold no header.')));
    tar.end(Buffer.concat(blocks));
  });
}

/** Decodes the header in the last of these blocks; refuses what readers understand differently. */
async function headerIn(blocks: readonly Buffer[], last: Buffer): Promise<Header> {
  const toldSize = last[124] === POSITIVE_BINARY ? undefined : octalSize(last);
  const header = await decode(blocks);
  const { name, size } = header;
  const pax = header.pax as { readonly size?: string } | null;
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))) {
    throw new ArchiveRefused(`"${shownName(name)}" is sparse: make the tar without --sparse`);
  }
  const told = pax?.size ?? toldSize;
  if (told !== undefined && String(told) !== String(size)) throw noNumber();
  return header;
}

export function tarKind({ type, name, size }: Header): EntryHeader['kind'] {
  if (type === 'directory') return type;
  if (type !== 'file' && type !== 'contiguous-file') return 'other';
  // Before there was a type for folders, they were empty files with a slash.
  if (name.endsWith('/')) return size === 0 ? 'directory' : 'other';
  return 'file';
}

async function blockOf(input: ByteReader, size = BLOCK): Promise<Buffer> {
  const block = await input.exactly(size);
  if (block === undefined)
    throw new ArchiveRefused('it is cut off, its end is missing: send it whole');
  return block;
}

/**
 * The next header with all that belongs to it, and how many bytes that took; `undefined` at the
 * block of zeros that ends a tar.
 */
export async function nextTarHeader(
  input: ByteReader,
): Promise<{ readonly header: Header; readonly taken: number } | undefined> {
  const blocks: Buffer[] = [];
  let taken = 0;
  for (;;) {
    const block = await blockOf(input);
    if (taken === 0 && block.equals(ZEROS)) return undefined;
    if (block.toString('latin1', 257, 262) !== 'ustar') throw new ArchiveRefused(NO_TAR);
    blocks.push(block);
    taken += BLOCK;
    if (!EXTENDED.includes(typeOf(block))) {
      return { header: await headerIn(blocks, block), taken };
    }
    const size = octalSize(block);
    taken += padded(size);
    if (taken > MAX_EXTENDED)
      throw new ArchiveRefused('its headers are too large: leave comments and attributes out');
    const data = await blockOf(input, padded(size));
    if (typeOf(block) === 'g' && NAMES_ALL.test(data.toString('latin1'))) {
      throw new ArchiveRefused('it tells one name or size for all of its files: make it anew');
    }
    blocks.push(data);
  }
}
