import { listed, semanticError, type ValidationIssue } from '../issues.ts';
import type { Surroundings } from '../surroundings.ts';
import { typesWithin } from '../types.ts';
import type { TypeFault, TypeRegistry } from './registry.ts';

type Use = { readonly where: string; readonly type: string };

/** The types of what goes into tasks and comes out of tasks and artifacts. */
function usesOf({ tasks, artifactParameters }: Surroundings): readonly Use[] {
  return [
    ...[...tasks].flatMap(([task, { inputs, outputs }]) =>
      [...inputs, ...outputs].map(({ type }) => ({ where: `task "${task}"`, type })),
    ),
    ...[...artifactParameters].flatMap(([artifact, outputs]) =>
      outputs.map(({ type }) => ({ where: `artifact "${artifact}"`, type })),
    ),
  ];
}

/** Definitions that types need, their own included. */
function needed(
  types: Iterable<string>,
  { definitions, faults }: TypeRegistry,
): ReadonlySet<string> {
  const found = new Set([...types].filter((name) => definitions.has(name)));
  // The set grows while it is walked.
  for (const name of found) {
    if (faults.get(name)?.kind === 'schema') continue;
    for (const part of typesWithin(definitions.get(name) ?? null)) {
      if (definitions.has(part)) found.add(part);
    }
  }
  return found;
}

const usedTypes = (surroundings: Surroundings): ReadonlySet<string> =>
  needed(
    usesOf(surroundings).map((use) => use.type),
    surroundings.registry,
  );

function faultsOf(
  surroundings: Surroundings,
  wanted: (fault: TypeFault) => boolean,
): readonly ValidationIssue[] {
  const used = usedTypes(surroundings);
  return [...surroundings.registry.faults].flatMap(([name, fault]) => {
    if (!used.has(name) || !wanted(fault)) return [];
    const text = `In type "${name}": ${fault.text}`;
    return [{ kind: fault.kind, severity: 'error', text, spots: [] }];
  });
}

/** Whether the structures of the types that are used follow the grammar. */
export const checkTypeStructures = (surroundings: Surroundings): readonly ValidationIssue[] =>
  faultsOf(surroundings, ({ kind }) => kind === 'schema');

/** Whether the types that are used exist and mean something. */
export function checkTypeMeanings(surroundings: Surroundings): readonly ValidationIssue[] {
  const { registry } = surroundings;
  const known = ({ type }: Use) => registry.types.has(type) || registry.definitions.has(type);
  const unknown = usesOf(surroundings).filter((use) => !known(use));
  return [
    ...unknown.map((use) => semanticError(`In ${use.where}: unknown type "${use.type}"`)),
    ...faultsOf(surroundings, ({ kind }) => kind !== 'schema'),
  ];
}

/** Unions that name a member twice: odd, and no reason to refuse. */
export function warnOfRepeats(surroundings: Surroundings): readonly ValidationIssue[] {
  const used = usedTypes(surroundings);
  return [...surroundings.registry.repeats].flatMap(([name, members]) => {
    if (!used.has(name)) return [];
    const text = `In type "${name}": members that are there already: ${listed(members)}`;
    return [{ kind: 'semantic', severity: 'warning', text, spots: [] }];
  });
}
