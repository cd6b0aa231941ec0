import type { CompiledFlag } from './compile-flag.ts';
import { type Evaluation, evaluate, type FlagValue, momentOf } from './evaluate.ts';
import type { Subject } from './subject.ts';

function valueIn(evaluation: Evaluation | undefined): ReturnType<FlagValue> {
  if (evaluation?.failed === true) return null;
  if (evaluation === undefined || evaluation.reason.code === 'missing_dependency') return undefined;
  return evaluation.enabled ? (evaluation.variant ?? true) : false;
}

/** Flags by their keys; other flags may name them by their ids, too. */
function flagsByName(flags: readonly CompiledFlag[]): ReadonlyMap<string, CompiledFlag> {
  const ids = flags.flatMap((flag) => (flag.id === undefined ? [] : [[flag.id, flag] as const]));
  return new Map([...ids, ...flags.map((flag) => [flag.key, flag] as const)]);
}

/**
 * The flags of a project for somebody, by their keys: all, or those of `keys`. Those that ask about
 * others see their values; what asks about itself, or about one that is not there, is off for a
 * missing dependency.
 */
export function evaluateFlags(
  flags: readonly CompiledFlag[],
  subject: Subject,
  keys?: readonly string[],
): ReadonlyMap<string, Evaluation> {
  const byName = flagsByName(flags);
  const moment = momentOf(subject);
  const done = new Map<CompiledFlag, Evaluation>();
  const opened = new Set<CompiledFlag>();
  const flagValue: FlagValue = (name) => {
    const flag = byName.get(name);
    return flag === undefined ? undefined : valueIn(done.get(flag));
  };
  const closedDependencies = (flag: CompiledFlag): readonly CompiledFlag[] =>
    (flag.isActive ? (flag.rules?.dependencies ?? []) : []).flatMap((name) => {
      const other = byName.get(name);
      return other === undefined || opened.has(other) ? [] : [other];
    });

  /** Without recursion, since nobody bounds how many flags ask about each other in a row. */
  function visit(start: CompiledFlag): Evaluation {
    const waiting = [start];
    for (let flag = waiting.at(-1); flag !== undefined; flag = waiting.at(-1)) {
      if (opened.has(flag)) {
        waiting.pop();
        if (!done.has(flag)) done.set(flag, evaluate(flag, subject, flagValue, moment));
      } else {
        opened.add(flag);
        waiting.push(...closedDependencies(flag));
      }
    }
    return done.get(start) ?? evaluate(start, subject);
  }

  const chosen = keys === undefined ? undefined : new Set(keys);
  const wanted = flags.filter(({ key }) => chosen === undefined || chosen.has(key));
  return new Map(wanted.map((flag) => [flag.key, visit(flag)]));
}
