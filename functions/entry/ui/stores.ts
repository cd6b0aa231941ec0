/**
 * Where signed URLs of artifacts lead: the bucket's own address, or an emulator's, which has buckets in its
 * paths. Read without schemas, which are more than all else that the function `web` loads.
 */
export function storesOf({
  STORE_URL,
  AWS_ENDPOINT_URL,
}: Readonly<Record<string, string | undefined>>): readonly string[] {
  const url = AWS_ENDPOINT_URL ?? STORE_URL;
  if (url === undefined) throw new Error('The environment is incomplete: STORE_URL is missing.');
  return [new URL(url).origin];
}
