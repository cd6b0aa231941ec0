import { type AppError, invalid } from '#kernel/errors.ts';
import { requireFilters } from './evaluate/check-filters.ts';
import type { FlagFields } from './flag.items.ts';

const MAX_KEY = 400;
const MAX_NAME = 10_000;
const MAX_LABELS = 50;
const MAX_LABEL = 255;

const wrong = (attr: string, message: string, code: string): AppError =>
  invalid('flag', message, { attr, code });

function requireText(attr: string, text: string, max: number): void {
  if (text.length > max) {
    throw wrong(attr, `Ensure this field has no more than ${max} characters.`, 'max_length');
  }
  if (!text.isWellFormed() || text.includes('\0')) {
    throw wrong(attr, 'Null characters are not allowed.', 'null_characters_not_allowed');
  }
}

function requireKey(key: string): void {
  if (key === '') throw wrong('key', 'This field may not be blank.', 'blank');
  requireText('key', key, MAX_KEY);
  if (/^[A-Za-z0-9_-]+$/.test(key)) return;
  throw wrong(
    'key',
    'Only letters, numbers, hyphens (-) & underscores (_) are allowed.',
    'invalid_key',
  );
}

function requireLabels(attr: string, labels: readonly string[]): void {
  if (labels.length > MAX_LABELS) {
    throw wrong(attr, `Ensure this field has no more than ${MAX_LABELS} elements.`, 'max_length');
  }
  for (const label of labels) requireText(attr, label, MAX_LABEL);
}

/** Throws `invalid` for the first field that breaks a rule; `detail.attr` names it. */
export function requireFlagFields(fields: Partial<FlagFields>): void {
  if (fields.key !== undefined) requireKey(fields.key);
  if (fields.name !== undefined) requireText('name', fields.name, MAX_NAME);
  if (fields.tags !== undefined) requireLabels('tags', fields.tags);
  if (fields.evaluationContexts !== undefined) {
    requireLabels('evaluation_contexts', fields.evaluationContexts);
  }
  if (fields.filters !== undefined) requireFilters(fields.filters);
}
