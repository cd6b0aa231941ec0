import { useState } from 'react';
import { count } from '../../data/format.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { SEVERITIES, type Severity } from './log-severity.ts';

interface LogToolsProps {
  readonly jobId: number;
  readonly least: Severity | undefined;
  readonly find: string;
  readonly onChange: (changed: { least?: Severity | undefined; find?: string | undefined }) => void;
  readonly found: { readonly at: number; readonly count: number };
  readonly go: (by: 1 | -1) => void;
  readonly isStuck: boolean;
  readonly stick: () => void;
  readonly release: () => void;
  readonly isGrowing: boolean;
}

/** What is shown of a log, the search in it, and its download. */
export function LogTools(props: LogToolsProps) {
  const { jobId, least, onChange, isStuck, stick, release, isGrowing } = props;
  return (
    <div className="row log-tools">
      <SelectField
        label="Least severity"
        labelHidden
        value={least ?? 'DEBUG'}
        onChange={({ target }) => {
          const severity = SEVERITIES.find((each) => each === target.value);
          onChange({ least: severity === 'DEBUG' ? undefined : severity });
        }}
      >
        {SEVERITIES.map((severity) => (
          <option key={severity} value={severity}>
            {severity === 'DEBUG' ? 'All severities' : `${severity} and worse`}
          </option>
        ))}
      </SelectField>
      <LogFind {...props} />
      <span className="spring" />
      <Button aria-pressed={isStuck} onClick={isStuck ? release : stick}>
        {isStuck ? (isGrowing ? 'Following' : 'At the end') : isGrowing ? 'Follow' : 'To the end'}
      </Button>
      <a className={buttonClass()} href={`/api/v1/jobs/${jobId}/log/download`} download>
        Download
      </a>
    </div>
  );
}

/** Enter goes to the next place, with Shift to the one before. */
function LogFind({ find, onChange, found, go }: LogToolsProps) {
  const [text, setText] = useState(find);
  const change = (value: string): void => {
    setText(value);
    onChange({ find: value === '' ? undefined : value });
  };
  const place = found.at < 0 ? '' : `${count(found.at + 1)} of `;
  const hits = found.count === 1 ? '1 line' : `${count(found.count)} lines`;
  return (
    <>
      <TextField
        label="Find in the log"
        labelHidden
        type="search"
        placeholder="Find in the log"
        value={text}
        maxLength={200}
        onChange={({ target }) => change(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
        }}
      />
      {text !== '' && (
        <>
          <span aria-live="polite" className="quiet">
            {found.count === 0 ? 'Not found' : `${place}${hits}`}
          </span>
          <Button aria-label="Previous" disabled={found.count === 0} onClick={() => go(-1)}>
            ↑
          </Button>
          <Button aria-label="Next" disabled={found.count === 0} onClick={() => go(1)}>
            ↓
          </Button>
        </>
      )}
    </>
  );
}
