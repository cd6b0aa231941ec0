import { AppError } from '#kernel/errors.ts';

/** The public token of a project is missing, or of none. */
export const projectTokenError = (isThere: boolean): AppError =>
  new AppError(
    'unauthenticated',
    isThere ? 'The project API key is invalid.' : 'A project API key was not provided.',
    { reason: 'project_token', detail: { code: isThere ? 'invalid_api_key' : 'missing_api_key' } },
  );
