/** What a dialect refused, in one form for every page. */
export class ApiError extends Error {
  readonly status: number;
  /** The dialect's own word: `error_code`, `error` or `code`. */
  readonly code: string;
  /** The whole answer, for pages that show more of it. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** Seconds after which to try again, where the server said so. */
  readonly retryAfter: number | undefined;

  constructor(response: Response, answer: Readonly<Record<string, unknown>>) {
    super(messageOf(answer) ?? `The server answered with ${response.status}.`);
    this.name = 'ApiError';
    this.status = response.status;
    this.code = String(answer.error_code ?? answer.code ?? answer.error ?? '');
    this.answer = answer;
    const wait = Number(response.headers.get('retry-after'));
    this.retryAfter = Number.isFinite(wait) && wait > 0 ? wait : undefined;
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Dioptra's answers say of each field. */
function fieldsOf({ errors }: Readonly<Record<string, unknown>>): string | undefined {
  if (!isRecord(errors)) return undefined;
  return text(
    Object.entries(errors)
      .map(([field, said]) => `${field}: ${[said].flat().map(String).join(' ')}`)
      .join(' '),
  );
}

/** Dioptra's and MLflow's `message`; PostHog's `detail`, with the field that it is about. */
function messageOf(answer: Readonly<Record<string, unknown>>): string | undefined {
  const detail = text(answer.detail);
  const field = text(answer.attr);
  if (detail !== undefined) return field === undefined ? detail : `${field}: ${detail}`;
  return text(answer.message) ?? fieldsOf(answer);
}

/** The error of an answer that is none of success. */
export const apiError = (response: Response, answer: unknown): ApiError =>
  new ApiError(response, isRecord(answer) ? answer : {});

/** Whether what was asked for is not there, or not for the caller: the two look alike. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404;

/** Whether the session is over. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 401;
