interface Param {
  readonly name: string;
  readonly parameterType: { readonly name: string };
}

/** What a task is called with, and what it gives. */
export interface TaskSignature {
  readonly name: string;
  readonly inputParams: readonly (Param & { readonly required: boolean })[];
  readonly outputParams: readonly Param[];
}

/** A task as one reads it: `train(data: arrays, depth?: integer) → model: arrays`. */
export function signatureOf({ name, inputParams, outputParams }: TaskSignature): string {
  const inputs = inputParams.map(
    (input) => `${input.name}${input.required ? '' : '?'}: ${input.parameterType.name}`,
  );
  const outputs = outputParams.map((output) => `${output.name}: ${output.parameterType.name}`);
  const call = `${name}(${inputs.join(', ')})`;
  return outputs.length === 0 ? call : `${call} → ${outputs.join(', ')}`;
}

/** A graph with one more step that calls a task; its arguments are to be filled in. */
export function withStep(graph: string, task: string, inputs: readonly string[]): string {
  const taken = new Set(graph.split('\n').map((line) => /^(\w+):/.exec(line)?.[1]));
  const stem = task.replace(/^_+/, '');
  let name = stem;
  for (let n = 2; taken.has(name); n += 1) name = `${stem}_${n}`;
  const before = graph === '' || graph.endsWith('\n') ? graph : `${graph}\n`;
  const args = inputs.map((input) => `    ${input}: $${input}\n`).join('');
  return `${before}${name}:\n  ${task}:${args === '' ? ' []' : ''}\n${args}`;
}
