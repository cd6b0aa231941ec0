import type {
  EntrypointSource,
  FunctionTask,
  NamedType,
} from '#domain/entrypoints/task-graph/index.ts';

const named = (text: string): NamedType[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((part) => {
      const [name = '', parameterType = 'any'] = part.replace('?', '').split(':');
      return { name, parameterType };
    });

/** `task('load', 'path:string size?:integer', 'data')`; a question mark makes an input optional. */
function task(name: string, inputs: string, outputs: string): FunctionTask {
  const optional = inputs.split(' ').map((part) => part.includes('?'));
  const inputParams = named(inputs).map((input, place) => ({
    ...input,
    required: !optional[place],
  }));
  return { name, inputParams, outputParams: named(outputs) };
}

/** Tasks and parameters that the graphs of these tests draw on. */
export const workshop: EntrypointSource = {
  taskGraph: 'first: {noop: []}',
  artifactGraph: '',
  parameters: [
    { name: 'path', parameterType: 'string', defaultValue: '/data' },
    { name: 'epochs', parameterType: 'integer', defaultValue: '3' },
    { name: 'rate', parameterType: 'float', defaultValue: '1.0' },
    { name: 'flag', parameterType: 'boolean', defaultValue: 'True' },
    { name: 'names', parameterType: 'list', defaultValue: '["a", 2.0]' },
    { name: 'options', parameterType: 'mapping', defaultValue: '{"a": {"b": [1]}}' },
    { name: 'seed', parameterType: 'integer', defaultValue: null },
  ],
  artifactParameters: [
    { name: 'dataset', outputParams: named('rows:table') },
    { name: 'pair', outputParams: named('left right') },
  ],
  plugins: [
    {
      name: 'data',
      files: [
        {
          filename: 'io/files.py',
          functionTasks: [
            task('load', 'path:string size?:integer', 'data'),
            task('noop', '', ''),
            task('log', 'text', ''),
          ],
        },
        {
          filename: '__init__.py',
          functionTasks: [task('split', 'data share?:number', 'train test')],
        },
      ],
    },
    {
      name: 'learn',
      files: [
        {
          filename: 'fit.py',
          functionTasks: [
            task('fit', 'data epochs:integer rate?:number', 'model:model'),
            task('score', 'model:model data', 'value:number'),
            task('combine', 'left right?', 'both:pairs'),
          ],
        },
      ],
    },
  ],
  types: new Map([
    ['any', null],
    ['model', null],
    ['table', { list: { mapping: ['string', 'any'] } }],
    ['pairs', { tuple: ['model', { union: ['table', 'null'] }] }],
  ]),
};
