import { SelectField, TextArea } from '../../ui/field.tsx';
import { CONCLUSIONS } from './status-badge.tsx';

export const CONCLUSION_NAMES = [
  'won',
  'lost',
  'inconclusive',
  'stopped_early',
  'invalid',
] as const;
export type Conclusion = (typeof CONCLUSION_NAMES)[number];

interface VerdictFieldsProps {
  readonly conclusion: Conclusion | '';
  readonly comment: string;
  readonly onChange: (verdict: { conclusion: Conclusion | ''; comment: string }) => void;
}

/** What people make of an experiment. */
export function VerdictFields({ conclusion, comment, onChange }: VerdictFieldsProps) {
  return (
    <>
      <SelectField
        label="Conclusion"
        value={conclusion}
        onChange={({ target }) =>
          onChange({
            comment,
            conclusion: CONCLUSION_NAMES.find((each) => each === target.value) ?? '',
          })
        }
      >
        <option value="">none</option>
        {CONCLUSION_NAMES.map((each) => (
          <option key={each} value={each}>
            {CONCLUSIONS[each]}
          </option>
        ))}
      </SelectField>
      <TextArea
        label="Comment"
        hint="What was learned, for those who come later."
        maxLength={10_000}
        value={comment}
        onChange={({ target }) => onChange({ conclusion, comment: target.value })}
      />
    </>
  );
}

/** A verdict as it is sent: nothing is said by what was left empty. */
export const sentVerdict = (conclusion: Conclusion | '', comment: string) => ({
  ...(conclusion !== '' && { conclusion }),
  ...(comment.trim() !== '' && { conclusion_comment: comment.trim() }),
});
