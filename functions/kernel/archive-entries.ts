import { isInnerPath } from './inner-path.ts';
import { withoutEndSlashes } from './strings.ts';

export interface EntryLimits {
  readonly maxEntries: number;
  /** Of all files together, unpacked. */
  readonly maxBytes: number;
  readonly maxFileBytes?: number;
  /** Names that differ in case, in how an accent is written or in dots at the end are one name on some systems. */
  readonly refuseTwins?: boolean;
}

export interface EntryHeader {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
}

/** An entry as its archive tells it; `read` is good for this entry's turn only. */
export interface PackedEntry extends EntryHeader {
  readonly read: () => Promise<Uint8Array>;
}

/** The archive holds what no honest archive holds, or too much; nothing of it is to be used. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** Takes the headers of an archive in their order; answers the safe name of each, or throws. */
export type EntryPolicy = (header: EntryHeader) => string;

const MAX_NAME = 1_000;
const MAX_DEPTH = 64;

/** A name as messages show it: one line, in the order it is written, and not for long. */
export const shownName = (name: string): string =>
  name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
    .slice(0, 100)
    .toWellFormed();

/** Why a name is none of a plain file or folder below the target, if it is not. */
function faultOf(raw: string, name: string): string | undefined {
  // A letter and a colon would leave the folder on Windows.
  if (raw.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'is an absolute path';
  if (name.split('/').includes('..')) return 'leads out of its folder';
  if (/\p{Cc}/u.test(name)) return 'holds a control character';
  if (name.includes('\\')) return 'holds a backslash';
  if (name.length > MAX_NAME) return `has more than ${MAX_NAME} characters`;
  if (name.split('/').length > MAX_DEPTH) return `is more than ${MAX_DEPTH} folders deep`;
  return isInnerPath(name) ? undefined : 'is not a plain relative name';
}

/** The name relative to the target, without `./` and a folder's last slash; '' is the target. */
function safeName(raw: string): string {
  const name = withoutEndSlashes(raw.replace(/^(\.\/+)+/, ''));
  if (name === '' || name === '.') return '';
  const fault = faultOf(raw, name);
  if (fault !== undefined) throw new ArchiveRefused(`the name "${shownName(raw)}" ${fault}`);
  return name;
}

/** A part of a name as the least exact of file systems compares it, without dots and spaces at its end. */
function comparable(part: string): string {
  const plain = part.normalize('NFC').toLowerCase();
  let end = plain.length;
  while (end > 0 && '. '.includes(plain[end - 1] ?? '')) end -= 1;
  return plain.slice(0, end);
}

interface Place {
  readonly id: number;
  readonly spelling: string;
  kind: 'file' | 'directory' | 'new';
}

/**
 * The names of one archive: each file once, and none of them inside another file. Places are
 * kept part by part: of whole names 10,000 deep ones would fill hundreds of megabytes.
 */
function createNames(refuseTwins: boolean) {
  const places = new Map<string, Place>();
  const twice = (name: string, how: string) =>
    new ArchiveRefused(`"${shownName(name)}" is there twice${how}`);
  const placeOf = (above: number, parts: readonly string[], depth: number): Place => {
    const spelling = parts[depth] ?? '';
    const key = `${above}/${refuseTwins ? comparable(spelling) : spelling}`;
    const place = places.get(key) ?? { id: places.size + 1, spelling, kind: 'new' };
    if (place.spelling !== spelling) {
      throw twice(parts.slice(0, depth + 1).join('/'), ', in another spelling');
    }
    places.set(key, place);
    return place;
  };
  return (name: string, kind: 'file' | 'directory'): void => {
    if (name === '' && kind === 'directory') return;
    const parts = name.split('/');
    let above = 0;
    for (const depth of parts.keys()) {
      const place = placeOf(above, parts, depth);
      const isFile = depth === parts.length - 1 && kind === 'file';
      if (place.kind === 'file' || name === '' || (isFile && place.kind === 'directory')) {
        throw twice(name, ' or has no name');
      }
      place.kind = isFile ? 'file' : 'directory';
      above = place.id;
    }
  };
}

/**
 * The rules for what an archive may hold, for whoever unpacks one: plain files and folders with
 * inner names, each once, within the limits. It trusts the sizes that headers tell, so the
 * reader must not hand out more than they say.
 */
export function createEntryPolicy(limits: EntryLimits): EntryPolicy {
  const { maxEntries, maxBytes, maxFileBytes = maxBytes, refuseTwins = false } = limits;
  const take = createNames(refuseTwins);
  let entries = 0;
  let bytes = 0;
  return ({ name: raw, kind, size }) => {
    entries += 1;
    if (entries > maxEntries) throw new ArchiveRefused(`more than ${maxEntries} entries`);
    if (!Number.isSafeInteger(size) || size < 0)
      throw new ArchiveRefused('a size in it is no number: make it anew');
    bytes += size;
    if (bytes > maxBytes) throw new ArchiveRefused(`more than ${maxBytes} bytes unpacked`);
    const name = safeName(raw);
    if (kind === 'other') {
      const wish = 'leave links and devices out';
      throw new ArchiveRefused(`"${shownName(raw)}" is neither a file nor a folder: ${wish}`);
    }
    if (size > maxFileBytes) {
      throw new ArchiveRefused(`"${shownName(raw)}" is larger than ${maxFileBytes} bytes`);
    }
    take(name, kind);
    return name;
  };
}
