export interface AwsOptions {
  readonly region?: string;
  /** Instead of AWS itself, e.g. an emulator; buckets are then addressed by path. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Of every client; a call that takes longer says so itself. */
export const TIMEOUTS = {
  connectionTimeout: 1000,
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
} as const;
