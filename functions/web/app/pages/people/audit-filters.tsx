import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { type AuditFilter, type AuditRecord, choicesIn } from './audit-record.ts';
import './people.css';

interface AuditFiltersProps {
  readonly records: readonly AuditRecord[];
  readonly filter: AuditFilter;
  readonly onFilter: (filter: AuditFilter) => void;
}

/** What is looked for among what is loaded: the API itself filters nothing. */
export function AuditFilters({ records, filter, onFilter }: AuditFiltersProps) {
  const { people, kinds } = choicesIn(records);
  const { person, kind, from, to } = filter;
  const change = (part: AuditFilter): void => onFilter({ ...filter, ...part });
  const isFiltered = [person, kind, from, to].some((value) => value !== undefined);
  return (
    <search className="audit-filters" aria-label="Filter the audit trail">
      <SelectField
        label="Who"
        value={person ?? ''}
        onChange={({ target: { value } }) =>
          change({ person: value === '' ? undefined : Number(value) })
        }
      >
        <option value="">Everybody</option>
        {person !== undefined && !people.some(([id]) => id === person) && (
          <option value={person}>Person {person}</option>
        )}
        {people.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Which"
        value={kind ?? ''}
        onChange={({ target: { value } }) => change({ kind: value === '' ? undefined : value })}
      >
        <option value="">Everything</option>
        {kind !== undefined && !kinds.includes(kind) && <option value={kind}>{kind}</option>}
        {kinds.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </SelectField>
      <TextField
        label="From"
        type="date"
        value={from ?? ''}
        onChange={({ target: { value } }) => change({ from: value === '' ? undefined : value })}
      />
      <TextField
        label="To"
        type="date"
        value={to ?? ''}
        onChange={({ target: { value } }) => change({ to: value === '' ? undefined : value })}
      />
      {isFiltered && <Button onClick={() => onFilter({})}>Show all</Button>}
    </search>
  );
}
