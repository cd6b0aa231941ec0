import type { EntryHeader } from '#kernel/archive-entries.ts';

/** An entry as its archive tells it, before any rule has looked at it. */
export interface RawEntry extends EntryHeader {
  /** Exactly `size` bytes, or an error; once, and while it is this entry's turn. */
  readonly open: () => AsyncIterable<Uint8Array>;
}
