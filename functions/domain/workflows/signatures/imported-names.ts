import type { ExprNode, Module } from './python.ts';

type Statement = Module['body'][number];

/** What a name means, as far as imports tell: a thing with named parts. Aliases share one thing. */
interface Thing {
  readonly parts: Map<string, Thing>;
}

const nothingYet = (): Thing => ({ parts: new Map() });

function partOf(thing: Thing, name: string): Thing {
  const part = thing.parts.get(name) ?? nothingYet();
  thing.parts.set(name, part);
  return part;
}

const addPath = (root: Thing, path: string): Thing => path.split('.').reduce(partOf, root);

const find = (root: Thing, path: readonly string[]): Thing | undefined =>
  path.reduce<Thing | undefined>((thing, name) => thing?.parts.get(name), root);

/** `a.b.c` as its names; undefined for any other expression. */
function dottedName(expression: ExprNode): readonly string[] | undefined {
  const names: string[] = [];
  let node = expression;
  while (node.nodeType === 'Attribute') {
    names.push(node.attr);
    node = node.value;
  }
  return node.nodeType === 'Name' ? [node.id, ...names.reverse()] : undefined;
}

export const isDottedName = (expression: ExprNode): boolean => dottedName(expression) !== undefined;

/** Names that a module has imported so far. */
export interface ImportedNames {
  /** Takes note of an import; relative ones say nothing of what they import. */
  readonly add: (statement: Statement) => void;
  /** Whether a decorator is `dioptra.pyplugs.register`, by whatever name, called or not. */
  readonly isRegister: (decorator: ExprNode) => boolean;
}

export function importedNames(): ImportedNames {
  const root = nothingYet();
  const isThing = (path: readonly string[], meant: readonly string[]): boolean => {
    const thing = find(root, path);
    return thing !== undefined && thing === find(root, meant);
  };
  return {
    add(statement) {
      if (statement.nodeType === 'Import') {
        for (const { name, asname } of statement.names) {
          const thing = addPath(root, name);
          if (asname !== undefined) root.parts.set(asname, thing);
        }
      }
      if (statement.nodeType !== 'ImportFrom' || (statement.level ?? 0) > 0) return;
      const module = addPath(root, statement.module ?? '');
      for (const { name, asname } of statement.names) {
        root.parts.set(asname ?? name, partOf(module, name));
      }
    },
    isRegister(decorator) {
      const path = dottedName(decorator.nodeType === 'Call' ? decorator.func : decorator);
      if (path === undefined) return false;
      if (isThing(path, ['dioptra', 'pyplugs', 'register'])) return true;
      return path.at(-1) === 'register' && isThing(path.slice(0, -1), ['dioptra', 'pyplugs']);
    },
  };
}
