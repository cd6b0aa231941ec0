import type { EntrypointForm, ParameterRow } from './form.ts';

/** What is wrong with a form, by the key of a row or the name of a field. */
export type FormFaults = Readonly<Record<string, string>>;

const NAME = /^(?! +$)[A-Za-z0-9_. -]{1,500}$/;
const IDENTIFIER = /^(?:[A-Za-z]|[A-Za-z_][A-Za-z0-9_]+)$/;

export const isEntrypointName = (name: string): boolean => NAME.test(name.trim());

/** What may be wrong with the default of a parameter; the rules are those of the server. */
export type DefaultFault = (row: ParameterRow) => string | undefined;

function nameFault(
  name: string,
  all: readonly { readonly name: string }[],
  strict: boolean,
): string | undefined {
  if (name.trim() === '') return 'Give it a name.';
  if (all.filter((each) => each.name.trim() === name.trim()).length > 1) {
    return 'There is another of this name.';
  }
  return strict && !IDENTIFIER.test(name.trim())
    ? 'Letters, digits and _ only, a letter first.'
    : undefined;
}

/** All faults of a form that can be seen before it is sent. */
export function faultsOf(form: EntrypointForm, defaultFault: DefaultFault): FormFaults {
  const faults: Record<string, string> = {};
  const note = (key: string, fault: string | undefined): void => {
    if (fault !== undefined && faults[key] === undefined) faults[key] = fault;
  };
  if (!isEntrypointName(form.name)) {
    note('name', 'A name of letters, digits, spaces and . _ - is needed.');
  }
  for (const row of form.parameters) {
    note(row.key, nameFault(row.name, form.parameters, false));
    note(row.key, defaultFault(row));
  }
  for (const row of form.artifactParameters) {
    note(row.key, nameFault(row.name, form.artifactParameters, true));
    if (row.outputParams.length === 0) note(row.key, 'It needs at least one output.');
    for (const output of row.outputParams) {
      note(output.key, nameFault(output.name, row.outputParams, true));
      if (output.parameterType === 0) note(output.key, 'Choose a type.');
    }
  }
  return faults;
}

/** The part of a form that a check or a draft takes: without rows that are not finished. */
export function soundPart(form: EntrypointForm, faults: FormFaults): EntrypointForm {
  const isSound = ({ key }: { readonly key: string }): boolean => faults[key] === undefined;
  return {
    ...form,
    parameters: form.parameters
      .filter(({ name }) => name.trim() !== '')
      .filter(({ name }, at, all) => all.findIndex((each) => each.name === name) === at)
      .map((row) => (isSound(row) ? row : { ...row, defaultValue: null })),
    artifactParameters: form.artifactParameters
      .filter(isSound)
      .filter(({ outputParams }) => outputParams.every(isSound)),
  };
}
