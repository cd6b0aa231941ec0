import * as z from 'zod';
import { MAX_ATTEMPTS, MAX_BACKOFF_SECONDS, MAX_DEPENDENCIES } from '#domain/jobs/index.ts';
import { MAX_ARGUMENTS, type NewWorkflowJob } from '#domain/mlprojects/index.ts';
import { type FormLimits, uploadedFile } from '#http/form.ts';
import { text, verbatim } from '#kernel/strings.ts';
import { ExperimentName, jobIdOf, QueueName } from './names.ts';

const MIB = 1024 * 1024;
/** The gateway of a deployment takes less; see `workflow_upload`. */
export const FORM: FormLimits = {
  files: { workflow: 'one' },
  maxBytes: 101 * MIB,
  maxFileBytes: 100 * MIB,
  maxParts: 50,
};

const Duration = z
  .string()
  .trim()
  .regex(/^\d+?[dhms]$/, 'Must be a number and one of d, h, m and s, such as 90s, 30m, 24h or 2d.');

/** A number, as it is or as text. */
const number = (schema: z.ZodNumber) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,9}(?:\.\d{1,9})?$/)
          .transform(Number),
      ],
      'Must be a number.',
    )
    .pipe(schema);

const Codes = z
  .union([z.array(z.union([z.number(), z.string()])), z.string(), z.number()])
  .transform((codes) => [codes].flat().flatMap((code) => String(code).split(',')))
  .pipe(
    z.array(
      z
        .string()
        .trim()
        .regex(/^\d{1,3}$/, 'Must be exit codes with commas between, such as 75,137.')
        .transform(Number),
    ),
  );

const JobIds = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().flatMap((some) => some.split(',')))
  .pipe(
    z
      .array(
        z.string().transform((uuid, issue) => {
          const id = jobIdOf(uuid.trim());
          if (id !== undefined) return id;
          issue.addIssue(`There is no job ${uuid.slice(0, 50)}.`);
          return z.NEVER;
        }),
      )
      .max(MAX_DEPENDENCIES),
  );

/** What a job is submitted with. From `queue_timeout` on the fields are ours. */
export const Form = z
  .object({
    experiment_name: ExperimentName,
    queue: QueueName,
    timeout: Duration.default('24h'),
    entry_point: z
      .string()
      .trim()
      .pipe(text({ min: 1, max: 500 })),
    entry_point_kwargs: verbatim({ max: MAX_ARGUMENTS }).optional(),
    depends_on: JobIds.optional(),
    workflow: uploadedFile().optional(),
    workflow_upload: z.string().trim().max(100).optional(),
    description: text({ max: 10_000 }).default(''),
    queue_timeout: Duration.optional(),
    retry_attempts: number(z.int().min(1).max(MAX_ATTEMPTS)).optional(),
    retry_exit_codes: Codes.optional(),
    retry_backoff: number(z.number().min(0).max(MAX_BACKOFF_SECONDS)).optional(),
  })
  .refine((form) => (form.workflow === undefined) !== (form.workflow_upload === undefined), {
    path: ['workflow'],
    error: 'Give the archive, or as workflow_upload what POST /api/job/workflowUpload answered.',
  });
type Form = z.output<typeof Form>;

const DEFAULT_RETRY = { attempts: 3, exitCodes: [], backoffSeconds: 10 };

function retryOf({ retry_attempts, retry_exit_codes, retry_backoff }: Form) {
  const asked = [retry_attempts, retry_exit_codes, retry_backoff].some(
    (each) => each !== undefined,
  );
  if (!asked) return undefined;
  return {
    attempts: retry_attempts ?? DEFAULT_RETRY.attempts,
    exitCodes: retry_exit_codes ?? DEFAULT_RETRY.exitCodes,
    backoffSeconds: retry_backoff ?? DEFAULT_RETRY.backoffSeconds,
  };
}

/** The same as the domain takes it, but for what names lead to. */
export const wishesIn = (form: Form): Omit<NewWorkflowJob, 'experimentId' | 'queueId'> => ({
  description: form.description,
  entryPoint: form.entry_point,
  kwargs: form.entry_point_kwargs,
  timeout: form.timeout,
  queueTimeout: form.queue_timeout,
  retry: retryOf(form),
  dependsOn: form.depends_on,
  workflow: form.workflow ?? { upload: form.workflow_upload ?? '' },
});

/** What is said of an archive that is put into the store before its job is submitted. */
export const UploadForm = z.object({
  filename: z.string().min(1).max(500),
  size: number(z.int().min(1).max(Number.MAX_SAFE_INTEGER)),
  sha256: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'Must be the SHA-256 in base64.')
    .optional(),
});
