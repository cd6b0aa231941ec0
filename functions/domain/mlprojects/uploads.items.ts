import { key, pad, prefix } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';

/** A workflow that is uploaded before its job is submitted. */
export interface WorkflowUpload {
  readonly id: string;
  readonly groupId: number;
  readonly filename: string;
  readonly size: number;
  readonly sha256?: string;
}

/** By when a job must have used it. */
export const UNUSED_MS = 86_400_000;

const unused = `${prefix.workflow}#UNUSED`;

export const uploadKeys = {
  upload: (id: string): Key => key(`${prefix.workflow}#${id}`, 'UPLOAD'),
  /** Uploads that no job has used, by when they are to go. */
  unused,
  /** All that are due by then. */
  until: (now: number): string => `${pad(now)}#~`,
};

export const USED = ['gsi1pk', 'gsi1sk'] as const;

export const uploadItem = (upload: WorkflowUpload, now: number): Item => ({
  ...uploadKeys.upload(upload.id),
  ...(upload as unknown as Item),
  createdOn: now,
  gsi1pk: unused,
  gsi1sk: `${pad(now + UNUSED_MS)}#${upload.id}`,
});

export const readUpload = (item: Item): WorkflowUpload => item as unknown as WorkflowUpload;

/** Where the bytes of a workflow are; `id` is random, or comes of the bytes themselves. */
export const workflowKey = ({ id, filename }: Pick<WorkflowUpload, 'id' | 'filename'>): string =>
  `workflows/${id}/${filename}`;
