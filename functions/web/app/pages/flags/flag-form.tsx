import { useQuery } from '@tanstack/react-query';
import { useGroup } from '../../data/use-group.ts';
import { Checkbox, SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { Part } from '../abtests/part.tsx';
import { VariantsForm } from '../abtests/variants-form.tsx';
import { ConditionsForm } from './conditions-form.tsx';
import { type FlagDraft, payloadKeys } from './draft.ts';
import { payloadProblem } from './filters.ts';
import { groupTypesQuery } from './queries.ts';

export interface FlagFormProps {
  readonly draft: FlagDraft;
  readonly change: (part: Partial<FlagDraft>) => void;
  readonly disabled?: boolean;
  /** The variants belong to an A/B test that was launched. */
  readonly ofTest?: boolean;
}

/** All that a flag may say. */
export function FlagForm(props: FlagFormProps) {
  const { draft, change, disabled = false } = props;
  return (
    <>
      <Card title="What it is">
        <div className="grid">
          <TextField
            label="Key"
            hint="Programs ask for it by this name."
            required
            disabled={disabled}
            spellCheck={false}
            maxLength={400}
            value={draft.key}
            onChange={({ target }) => change({ key: target.value })}
          />
          <TextField
            label="Description"
            disabled={disabled}
            maxLength={10_000}
            value={draft.name}
            onChange={({ target }) => change({ name: target.value })}
          />
          <TextField
            label="Tags"
            hint="Several are told apart by commas."
            disabled={disabled}
            value={draft.tags}
            onChange={({ target }) => change({ tags: target.value })}
          />
        </div>
        <Checkbox
          label="On"
          disabled={disabled}
          checked={draft.active}
          onChange={({ target }) => change({ active: target.checked })}
        />
      </Card>
      <Values {...props} />
      <ConditionsForm draft={draft} change={change} disabled={disabled} />
      <Evaluation {...props} />
    </>
  );
}

function Values({ draft, change, disabled = false, ofTest = false }: FlagFormProps) {
  const hasVariants = draft.variants.length > 0;
  return (
    <Card title="What it serves">
      <SelectField
        label="Kind"
        disabled={disabled || ofTest}
        value={hasVariants ? 'variants' : 'boolean'}
        onChange={({ target }) =>
          change({
            variants:
              target.value === 'variants'
                ? [
                    { key: 'control', name: '', rollout_percentage: 50 },
                    { key: 'test', name: '', rollout_percentage: 50 },
                  ]
                : [],
          })
        }
      >
        <option value="boolean">on or off</option>
        <option value="variants">one of several variants</option>
      </SelectField>
      {hasVariants && (
        <VariantsForm
          variants={draft.variants}
          onChange={(variants) => change({ variants })}
          needsControl={false}
          namesOnly={ofTest}
          disabled={disabled}
        />
      )}
      <Part title="Payloads (JSON)" disabled={disabled}>
        <p className="quiet">Programs get the payload along with the value. Empty: none.</p>
        {payloadKeys(draft).map((key) => (
          <TextArea
            key={key}
            label={key === 'true' && !hasVariants ? 'When it is on' : `Of ${key}`}
            spellCheck={false}
            rows={2}
            value={draft.payloads[key] ?? ''}
            error={payloadProblem(draft.payloads[key] ?? '')}
            onChange={({ target }) =>
              change({ payloads: { ...draft.payloads, [key]: target.value } })
            }
          />
        ))}
        {!hasVariants && (
          <Checkbox
            label="Remote configuration: only the payload matters"
            checked={draft.remoteConfig}
            onChange={({ target }) => change({ remoteConfig: target.checked })}
          />
        )}
      </Part>
    </Card>
  );
}

function Evaluation({ draft, change, disabled = false }: FlagFormProps) {
  const types = useQuery(groupTypesQuery(useGroup()));
  return (
    <Card title="How it is evaluated">
      <div className="grid">
        <SelectField
          label="The same for"
          disabled={disabled}
          value={draft.aggregation ?? ''}
          onChange={({ target }) =>
            change({ aggregation: target.value === '' ? null : Number(target.value) })
          }
        >
          <option value="">each person</option>
          {(types.data ?? []).map(({ group_type: name, group_type_index: index }) => (
            <option key={index} value={index}>
              all of one {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Evaluated by"
          disabled={disabled}
          value={draft.runtime}
          onChange={({ target }) =>
            change({
              runtime:
                target.value === 'server' || target.value === 'client' ? target.value : 'all',
            })
          }
        >
          <option value="all">servers and clients</option>
          <option value="server">servers only</option>
          <option value="client">clients only</option>
        </SelectField>
        <SelectField
          label="People are told apart by"
          disabled={disabled}
          value={draft.byDevice ? 'device_id' : 'distinct_id'}
          onChange={({ target }) => change({ byDevice: target.value === 'device_id' })}
        >
          <option value="distinct_id">their id</option>
          <option value="device_id">their device</option>
        </SelectField>
      </div>
      <Checkbox
        label="Keep the value when somebody signs in (experience continuity)"
        disabled={disabled}
        checked={draft.sticky}
        onChange={({ target }) => change({ sticky: target.checked })}
      />
    </Card>
  );
}
