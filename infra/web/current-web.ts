import { withLock } from '../local/lock.ts';
import { buildWeb, isBuilt, WEB_BUILD } from './build.ts';

/** The folder of the dashboard as its sources are now; who comes while somebody builds it waits for that. */
export async function currentWeb(onBuild: () => void = () => undefined): Promise<string> {
  if (await isBuilt()) return WEB_BUILD;
  await withLock(`${WEB_BUILD}.lock`, async () => {
    if (await isBuilt()) return;
    onBuild();
    await buildWeb();
  });
  return WEB_BUILD;
}
