import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';

/** Our sources and the SDK's: an index of theirs does nothing but pass names on, so none is missed. */
const sources =
  /(functions[\\/].*\.ts|node_modules[\\/]@(aws-sdk|smithy)[\\/].*dist-es[\\/].*\.js)$/;
const imports = /^import \{([^}]*)\} from ["']([^"']+)["'];?/gm;
const reexports = /^export \{([^}]*)\} from ["']([^"']+)["'];?/gm;

/** Where something is defined, and its name there. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

/** What is in the braces, types left out: the name there, and the name here. */
function namesIn(list: string): readonly (readonly [there: string, here: string])[] {
  const items = list.split(',').map((item) => item.trim());
  return items
    .filter((item) => item !== '' && !item.startsWith('type '))
    .map((item) => {
      const [there = item, here = there] = item.split(/\s+as\s+/);
      return [there, here];
    });
}

function createFinder(build: PluginBuild) {
  const passed = new Map<string, Promise<ReadonlyMap<string, readonly [string, string]>>>();
  const resolve = async (specifier: string, from: string): Promise<string | undefined> => {
    const options = { resolveDir: dirname(from), kind: 'import-statement' } as const;
    const { path, external, errors } = await build.resolve(specifier, options);
    return external || errors.length > 0 ? undefined : path;
  };
  /** What a file only passes on: its names, each with the name and the module behind it. */
  const passedOn = async (file: string) => {
    const text = sources.test(file) ? await readFile(file, 'utf8') : '';
    const found = [...text.matchAll(reexports)].flatMap(([, list = '', specifier = '']) =>
      namesIn(list).map(([there, here]) => [here, [there, specifier]] as const),
    );
    return new Map(found);
  };
  const originOf = async (file: string, name: string): Promise<Origin> => {
    const names = passed.get(file) ?? passedOn(file);
    passed.set(file, names);
    const [there, specifier] = (await names).get(name) ?? [];
    const next = specifier === undefined ? undefined : await resolve(specifier, file);
    return there === undefined || next === undefined ? { file, name } : originOf(next, there);
  };
  return { resolve, originOf };
}

/**
 * Imports from the module that defines a name, not from an index that passes it on. To esbuild a
 * chunk needs all that the indexes it imports reach, so that what S3 alone uses would load at start.
 */
export const directImports: Plugin = {
  name: 'direct-imports',
  setup(build) {
    const { resolve, originOf } = createFinder(build);
    const direct = async (whole: string, list: string, specifier: string, from: string) => {
      const target = await resolve(specifier, from);
      if (target === undefined || !sources.test(target)) return whole;
      const lines = namesIn(list).map(async ([there, here]) => {
        const { file, name } = await originOf(target, there);
        return `import { ${name} as ${here} } from ${JSON.stringify(file)};`;
      });
      return (await Promise.all(lines)).join(' ');
    };
    build.onLoad({ filter: sources }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const found = [...text.matchAll(imports)];
      const replaced = await Promise.all(
        found.map(([whole, list = '', specifier = '']) => direct(whole, list, specifier, path)),
      );
      const contents = text.replace(imports, () => replaced.shift() ?? '');
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};
