import type { FileForm, ParamRow } from './tasks.ts';

type NameOf = (type: number) => string;

const paramsOf = (title: string, params: readonly ParamRow[], nameOf: NameOf): string =>
  params.length === 0
    ? ''
    : `  ${title}:\n${params
        .map(
          ({ name, parameterType, required }) =>
            `    ${name}: ${nameOf(parameterType)}${required ? '' : ' (optional)'}\n`,
        )
        .join('')}`;

/** The tasks of a file as lines, so that two versions can be compared. */
export const taskTexts = ({ tasks }: FileForm, nameOf: NameOf = (type) => `type ${type}`): string =>
  tasks
    .map(
      ({ name, kind, inputs, outputs }) =>
        `${name}: # ${kind}\n${paramsOf('inputs', inputs, nameOf)}${paramsOf('outputs', outputs, nameOf)}`,
    )
    .join('');
