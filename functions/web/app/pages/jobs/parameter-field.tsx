import { SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { type Parameter, valueProblem } from './job-form.ts';

interface ParameterFieldProps {
  readonly parameter: Parameter;
  readonly value: string;
  /** Somebody has tried to submit: what is missing is told, too. */
  readonly isTried: boolean;
  readonly onChange: (value: string) => void;
}

/** The value of one parameter, in a control of its type. */
export function ParameterField({ parameter, value, isTried, onChange }: ParameterFieldProps) {
  const { name, parameterType, defaultValue } = parameter;
  const problem = valueProblem(parameter, value);
  const shared = {
    label: name,
    hint:
      defaultValue === null || defaultValue === value
        ? parameterType
        : `${parameterType}; by default ${defaultValue.slice(0, 200)}`,
    error: isTried || value !== '' ? problem : undefined,
    value,
  };
  if (parameterType === 'boolean') {
    const words = ['true', 'false'];
    const known = words.find((word) => word === value.toLowerCase());
    return (
      <SelectField
        {...shared}
        value={known ?? ''}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">{defaultValue === null ? 'Choose one …' : 'Its default'}</option>
        {words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </SelectField>
    );
  }
  if (parameterType === 'list' || parameterType === 'mapping') {
    return (
      <TextArea
        {...shared}
        rows={Math.min(8, Math.max(2, Math.ceil(value.length / 45)))}
        className="mono"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
      />
    );
  }
  const isNumber = parameterType === 'integer' || parameterType === 'float';
  return (
    <TextField
      {...shared}
      inputMode={isNumber ? 'decimal' : 'text'}
      spellCheck={false}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
