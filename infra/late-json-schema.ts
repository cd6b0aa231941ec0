import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** What of zod refers to them; they themselves refer to each other. */
const users = /zod[\\/]v4[\\/](?!core[\\/]json-schema-processors\.js$).*\.js$/;
const modules = /(^|[\\/])(json-schema-processors|to-json-schema)\.js$/;
/** The one module that asks them. */
const asker = /functions[\\/]http[\\/]openapi-schema\.ts$/;
const namespace = 'late-json-schema';

const exported = /^export (?:const|function) (\w+)/gm;

/** Functions of the same names that wait for the real ones. */
async function standIn(path: string): Promise<string> {
  const names = [...(await readFile(path, 'utf8')).matchAll(exported)].map(([, name]) => name);
  const functions = names.map((name) =>
    name?.startsWith('create')
      ? `export const ${name} = (...given) => (...call) => real.${name}(...given)(...call);`
      : `export const ${name} = (...call) => real.${name}(...call);`,
  );
  return ['let real;', 'export const install = (late) => { real = late; };', ...functions].join(
    '\n',
  );
}

/**
 * Every schema of zod brings along what describes it, 20 KB, which only OpenAPI documents ask for:
 * here it loads with them.
 */
export const lateJsonSchema: Plugin = {
  name: namespace,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: modules }, ({ path, importer, resolveDir }) =>
      users.test(importer) ? { path: join(resolveDir, path), namespace } : undefined,
    );
    onResolve({ filter: /^late:/ }, ({ path }) => ({
      path: path.slice('late:'.length),
      namespace,
    }));
    onLoad({ filter: modules, namespace }, async ({ path }) => ({
      contents: await standIn(path),
      resolveDir: dirname(path),
    }));
    onLoad({ filter: asker }, async ({ path }) => {
      // As the bundler knows it, where node_modules is a link.
      const core = await realpath(join(dirname(path), '../../node_modules/zod/v4/core'));
      const installs = ['json-schema-processors.js', 'to-json-schema.js'].map((file, index) => {
        const real = JSON.stringify(join(core, file));
        const late = JSON.stringify(`late:${join(core, file)}`);
        return (
          `import * as real${index} from ${real}; ` +
          `import { install as install${index} } from ${late}; install${index}(real${index});`
        );
      });
      return { contents: `${installs.join('\n')}\n${await readFile(path, 'utf8')}`, loader: 'ts' };
    });
  },
};
