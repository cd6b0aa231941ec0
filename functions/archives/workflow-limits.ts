import type { EntryLimits } from '#kernel/archive-entries.ts';

const MIB = 1024 * 1024;

/** Of an archive with an MLproject file, as it is uploaded. */
export const MAX_WORKFLOW_BYTES = 100 * MIB;

/** What it may hold; whoever submits it is told, and its worker goes by the same. */
export const WORKFLOW_LIMITS: EntryLimits = {
  maxEntries: 10_000,
  maxBytes: 200 * MIB,
  refuseTwins: true,
};

/** Of what kinds an uploaded archive may be, by the end of its name; its bytes say what it is. */
export const ARCHIVE_NAME = /\.(?:tar|tgz|gz|bz2|xz|zip)$/i;
