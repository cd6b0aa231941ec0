import { TYPE } from './workbench.ts';

const input = (name: string, parameterType: number) => ({ name, parameterType, required: true });
const task = (name: string, inputs: object[], outputs: object[]) => ({
  name,
  inputParams: inputs,
  outputParams: outputs,
});
const text = { name: 'text', parameterType: TYPE.string };

/** Tasks about words, of several types. */
export const wordTasks = {
  functions: [
    task('greet', [input('name', TYPE.string)], [text]),
    task('count', [input('up_to', TYPE.integer)], [text]),
    task('measure', [], [{ name: 'size', parameterType: TYPE.integer }]),
    task('show', [input('text', TYPE.string)], []),
  ],
  artifacts: [],
};

/** A greeting or a count, and a step that shows it. */
export const WORDS_GRAPH = `make:
  ?HOW:
    ?outputs: [said]
    by_name: { greet: $who }
    by_number: { task: count, kwargs: { up_to: $limit } }
show_it: { show: $make.said }
`;
