import { ArchiveRefused } from '#kernel/archive-entries.ts';

const MAX_OVERHEAD_BYTES = 1024 * 1024;
const OVERHEAD_OF_ENTRY = 8 * 1024;

/**
 * Bounds what an archive holds beside the contents of its files: headers, comments and padding.
 * Called for each piece of it, and with `entries` for what belongs to so many.
 */
export function createOverhead() {
  let left = MAX_OVERHEAD_BYTES;
  return (bytes: number, entries = 0): void => {
    left += entries * OVERHEAD_OF_ENTRY - bytes;
    if (left < 0)
      throw new ArchiveRefused('its headers are too large: leave comments and attributes out');
  };
}
