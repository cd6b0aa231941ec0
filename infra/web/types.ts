/**
 * Writes the types of our APIs, as their OpenAPI documents tell them, to where the dashboard's compiler finds
 * them. Each is a module by a name alone (`api:dioptra`), so that no tool takes it for a file to look over.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedPlatform } from '../../functions/embedded/context.ts';
import { buildApp } from '../../functions/entry/app.ts';

const OUT = fileURLToPath(new URL('../../dist/web-types', import.meta.url));

const DOCUMENTS = {
  dioptra: '/api/v1/openapi.json',
  mlflow: '/api/2.0/mlflow/openapi.json',
  posthog: '/api/schema',
} as const;

// The generator wants the compiler's JavaScript API from the package of the compiler.
const API = new URL('typescript-api.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'typescript' && context.parentURL?.includes('/openapi-typescript/')
      ? { url: API, shortCircuit: true }
      : next(specifier, context),
});

/** The API itself, in memory, which makes its documents. */
function apiIn(folder: string): ReturnType<typeof buildApp> {
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: () => '',
    secret: 'signs nothing here',
    settings: { registration: 'closed', pools: [], passwordLogN: 10, version: 'types' },
    log: { info: () => undefined, error: () => undefined },
  });
  return buildApp(platform, () => undefined);
}

export async function writeTypes(): Promise<void> {
  const { default: generate, astToString } = await import('openapi-typescript');
  const folder = await mkdtemp(join(tmpdir(), 'assay-types-'));
  const app = apiIn(folder);
  await mkdir(OUT, { recursive: true });
  for (const [name, path] of Object.entries(DOCUMENTS)) {
    const answer = await app.request(path);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
    const types = await generate(await answer.text(), { defaultNonNullable: false });
    const module = `declare module 'api:${name}' {\n${astToString(types)}}\n`;
    await writeFile(join(OUT, `${name}.d.ts`), module);
  }
  await rm(folder, { recursive: true });
}

if (import.meta.main) await writeTypes();
