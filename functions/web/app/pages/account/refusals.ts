import { ApiError } from '../../data/api-error.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What is wrong with one field of a form, where the answer says it of fields. */
export function refusalOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { errors, detail } = error.answer;
  const said = isRecord(errors) ? errors[field] : undefined;
  if (Array.isArray(said)) return said.map(String).join(' ');
  if (field === 'name' && error.code === 'ResourceNameError') return plainMessage(error);
  if (!isRecord(detail)) return undefined;
  const taken = isRecord(detail.entity_attributes) && field in detail.entity_attributes;
  return taken || detail.field === field ? plainMessage(error) : undefined;
}

/** The message without the name of the status before it. */
export function plainMessage(error: unknown): string {
  if (!(error instanceof ApiError)) {
    return 'The server was not reached. Check the connection and try again.';
  }
  const { errors } = error.answer;
  if (isRecord(errors)) {
    const said = Object.entries(errors).map(
      ([name, texts]) => `${name}: ${[texts].flat().join(' ')}`,
    );
    return said.join(' ');
  }
  return error.message.replace(/^(Forbidden|Conflict|Unauthorized|Bad Request|Not Found) - /, '');
}
