import type { Work } from './ast.ts';
import { filterError } from './reader.ts';
import { type Node, parseRegex } from './regex-parse.ts';

/**
 * Regular expressions in time linear in the text: all ways that a pattern may go are walked at
 * once, as a set of states. JavaScript's own go back, and a pattern from outside could make them
 * do so for ever.
 */
interface State {
  /** Consumes one character where it fits. */
  readonly test?: (point: number) => boolean;
  /** Lets pass where it holds. */
  readonly holds?: (before: number | undefined, after: number | undefined) => boolean;
  to: readonly number[];
}

interface Regex {
  readonly states: readonly State[];
  readonly start: number;
}

const MAX_STATES = 1_000;
const ACCEPT = 0;

function compiler() {
  const states: State[] = [{ to: [] }];
  const add = (state: State): number => {
    if (states.length >= MAX_STATES) {
      throw filterError(
        'The pattern of RLIKE is not supported: it is too large. Simplify it, or use LIKE',
      );
    }
    return states.push(state) - 1;
  };

  function loop(node: Node, next: number): number {
    const state: State = { to: [] };
    const at = add(state);
    state.to = [compile(node, at), next];
    return at;
  }

  function repeated({ of, min, max }: Node & { kind: 'repeat' }, next: number): number {
    let at = next;
    if (max === Number.POSITIVE_INFINITY) at = loop(of, next);
    else for (let left = max - min; left > 0; left -= 1) at = add({ to: [compile(of, at), next] });
    for (let left = min; left > 0; left -= 1) at = compile(of, at);
    return at;
  }

  /** The state in which `node` begins, that leads to `next`. */
  function compile(node: Node, next: number): number {
    if (node.kind === 'one') return add({ test: node.test, to: [next] });
    if (node.kind === 'assert') return add({ holds: node.holds, to: [next] });
    if (node.kind === 'repeat') return repeated(node, next);
    if (node.kind === 'choice') return add({ to: node.of.map((part) => compile(part, next)) });
    return node.of.reduceRight((at, part) => compile(part, at), next);
  }
  return { states, compile };
}

/** Throws `invalid` (`filter`) for what is no such pattern. */
function compileRegex(text: string): Regex {
  const { states, compile } = compiler();
  const start = compile(parseRegex(text), ACCEPT);
  return { states, start };
}

/** The states in which a text is so far, and those to which they lead without a character. */
function walker({ states }: Regex) {
  const seen = new Int32Array(states.length);
  let round = 0;
  let current: number[] = [];
  return {
    begin: (): void => {
      round += 1;
      current = [];
    },
    enter: (first: number, before: number | undefined, after: number | undefined): boolean => {
      const open = [first];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        if (at === ACCEPT) return true;
        if (seen[at] === round) continue;
        seen[at] = round;
        const state = states[at];
        if (state?.test !== undefined) current.push(at);
        else if (state?.holds?.(before, after) !== false) open.push(...(state?.to ?? []));
      }
      return false;
    },
    current: (): readonly number[] => current,
  };
}

const tooMuch = () =>
  filterError(
    'RLIKE takes too long on texts as long as these: simplify its pattern, use LIKE, or narrow the search',
  );

/** Whether the pattern fits somewhere in the text. */
function findsRegex(regex: Regex, text: string, work: Work): boolean {
  const walk = walker(regex);
  let waiting: readonly number[] = [];
  let before: number | undefined;
  for (let at = 0; ; ) {
    const after = text.codePointAt(at);
    walk.begin();
    const entries = [...waiting, regex.start];
    work.left -= entries.length;
    if (work.left < 0) throw tooMuch();
    if (entries.some((state) => walk.enter(state, before, after))) return true;
    if (after === undefined) return false;
    waiting = walk.current().flatMap((state) => {
      const { test, to } = regex.states[state] ?? { to: [] };
      return test?.(after) === true ? to : [];
    });
    before = after;
    at += after > 0xffff ? 2 : 1;
  }
}

/**
 * The test of a pattern: whether it fits somewhere in a text. Throws `invalid` (`filter`) for what is none, and
 * the test does once its `work` is done.
 */
export function regexTest(pattern: string, work: Work): (text: string) => boolean {
  const regex = compileRegex(pattern);
  return (text) => findsRegex(regex, text, work);
}
