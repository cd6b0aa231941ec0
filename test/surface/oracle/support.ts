import type { Answer, Client } from '../../support/app.ts';

/** An id as Oracle makes them. */
export const PLATFORM = 'ocid1.aidataplatform.oc1.iad.amaaaaaayx7x';

/** What stands before MLflow's paths in a workspace. */
export const base = (workspace: string | number, platform = PLATFORM): string =>
  `/20260430/aiDataPlatforms/${platform}/workspaces/${encodeURIComponent(workspace)}/mlops`;

export type Headers = Readonly<Record<string, string>>;

/** Calls MLflow's API in a workspace. */
export const caller =
  (client: Client, workspace: string | number) =>
  (method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> =>
    client.call(method, `${base(workspace)}/api/2.0/mlflow${path}`, body, headers);
