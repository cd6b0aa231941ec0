import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import type { Variant } from './metric.ts';
import { Part } from './part.tsx';
import { evenSplit, freeKey, sumOf, variantsProblem } from './variant-split.ts';

interface VariantsFormProps {
  readonly variants: readonly Variant[];
  readonly onChange: (variants: readonly Variant[]) => void;
  /** An experiment compares with `control`; flags alone need not. */
  readonly needsControl?: boolean;
  /** While people take part the variants stay, but not their names. */
  readonly namesOnly?: boolean;
  readonly disabled?: boolean;
}

/** The variants of a flag, with the share of people that each gets. */
export function VariantsForm(props: VariantsFormProps) {
  const { variants, onChange, needsControl = true, namesOnly = false, disabled = false } = props;
  const problem = variantsProblem(variants, needsControl);
  const replace = (at: number, part: Partial<Variant>): void =>
    onChange(variants.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <Part title="Variants" disabled={disabled}>
      {variants.map((variant, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the key of a variant is typed here
        <div key={at} className="row">
          <VariantRow
            variant={variant}
            at={at}
            namesOnly={namesOnly}
            isFixed={needsControl && variant.key === 'control'}
            onChange={(part) => replace(at, part)}
          />
          {!namesOnly && (
            <Button
              kind="quiet"
              disabled={variants.length <= 2 || (needsControl && variant.key === 'control')}
              aria-label={`Remove variant ${variant.key}`}
              onClick={() => onChange(variants.filter((_, index) => index !== at))}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      {!namesOnly && (
        <div className="row">
          <Button
            disabled={variants.length >= 20}
            onClick={() =>
              onChange([...variants, { key: freeKey(variants), name: '', rollout_percentage: 0 }])
            }
          >
            Add a variant
          </Button>
          <Button onClick={() => onChange(evenSplit(variants))}>Even split</Button>
          <span className="quiet" role="status">
            {sumOf(variants)}% of 100%
          </span>
        </div>
      )}
      {problem !== undefined && <p className="field-error">{problem}</p>}
    </Part>
  );
}

interface RowProps {
  readonly variant: Variant;
  readonly at: number;
  readonly namesOnly: boolean;
  readonly isFixed: boolean;
  readonly onChange: (part: Partial<Variant>) => void;
}

function VariantRow({ variant, at, namesOnly, isFixed, onChange }: RowProps) {
  const label = `Variant ${at + 1}`;
  return (
    <>
      <TextField
        label={`${label}: key`}
        required
        spellCheck={false}
        maxLength={400}
        disabled={isFixed || namesOnly}
        value={variant.key}
        onChange={({ target }) => onChange({ key: target.value })}
      />
      <TextField
        label={`${label}: what it is`}
        maxLength={400}
        value={variant.name ?? ''}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <TextField
        label={`${label}: share in %`}
        type="number"
        min={0}
        max={100}
        step="any"
        disabled={namesOnly}
        value={variant.rollout_percentage}
        onChange={({ target }) => onChange({ rollout_percentage: Number(target.value) })}
      />
    </>
  );
}
