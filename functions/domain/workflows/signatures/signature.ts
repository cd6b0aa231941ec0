import { type Arg, codeOf, type ExprNode, type FunctionDef } from './python.ts';
import { isNone, typeName } from './type-names.ts';

/** A function that can be a task, as its signature tells. */
export interface TaskSignature {
  readonly name: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
  }[];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  /** Types that the group may not have yet, with the annotation that asks for each. */
  readonly missingTypes: readonly { readonly name: string; readonly description: string }[];
}

interface Value {
  readonly name: string;
  readonly annotation: ExprNode | undefined;
  readonly required: boolean;
}

function inputsOf({ args }: FunctionDef): readonly Value[] {
  const value = ({ arg, annotation }: Arg, required: boolean): Value => ({
    // As Python itself reads names.
    name: arg.normalize('NFKC'),
    annotation: annotation ?? undefined,
    required,
  });
  const positional = [...args.posonlyargs, ...args.args];
  const firstDefault = positional.length - args.defaults.length;
  return [
    ...positional.map((arg, index) => value(arg, index < firstDefault)),
    ...args.kwonlyargs.map((arg, index) => value(arg, (args.kw_defaults[index] ?? null) === null)),
  ];
}

/** Without an annotation, or with `None`, a function has no output; everything else is one. */
const outputsOf = ({ returns }: FunctionDef): readonly Value[] =>
  returns === undefined || returns === null || isNone(returns)
    ? []
    : [{ name: 'output', annotation: returns, required: true }];

const BUILTIN: ReadonlySet<string> = new Set([
  'any',
  'string',
  'integer',
  'number',
  'boolean',
  'null',
]);

/** Names for annotations that suggest none: `type1` and so on, the same for the same annotation. */
function inventedNames(taken: Set<string>): (annotation: string | undefined) => string {
  const byAnnotation = new Map<string, string>();
  let count = 0;
  return (annotation) => {
    const known = annotation === undefined ? undefined : byAnnotation.get(annotation);
    if (known !== undefined) return known;
    do count += 1;
    while (taken.has(`type${count}`));
    const name = `type${count}`;
    taken.add(name);
    if (annotation !== undefined) byAnnotation.set(annotation, name);
    return name;
  };
}

/** The signature of a function, with a type for each parameter and for what it returns. */
export function signatureOf(definition: FunctionDef): TaskSignature {
  const inputs = inputsOf(definition);
  const outputs = outputsOf(definition);
  const codes = [...inputs, ...outputs].map(({ annotation }) => annotation && codeOf(annotation));
  const suggested = [...inputs, ...outputs].map(({ annotation }, index) =>
    annotation === undefined ? undefined : typeName(annotation, codes[index] ?? ''),
  );
  const invent = inventedNames(new Set(suggested.filter((name) => name !== undefined)));
  const [missing, invented] = [new Map<string, string>(), new Map<string, string>()];
  const types = suggested.map((name, index) => {
    const code = codes[index];
    const type = name ?? invent(code);
    const isNew = code !== undefined && !BUILTIN.has(type);
    const asked = name === undefined ? invented : missing;
    if (isNew && !asked.has(type)) asked.set(type, code);
    return type;
  });
  return {
    name: definition.name.normalize('NFKC'),
    inputs: inputs.map(({ name, required }, index) => ({
      name,
      type: types[index] ?? '',
      required,
    })),
    outputs: outputs.map(({ name }, index) => ({ name, type: types[inputs.length + index] ?? '' })),
    missingTypes: [...missing, ...invented].map(([name, description]) => ({ name, description })),
  };
}
