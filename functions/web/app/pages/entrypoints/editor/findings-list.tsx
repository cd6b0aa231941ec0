import { clockTime } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import type { Finding } from './findings.ts';

interface FindingsListProps {
  readonly findings: readonly Finding[];
  readonly onJump: (finding: Finding) => void;
  readonly busy?: boolean;
  /** When it was checked last, in ms. */
  readonly at?: number;
}

/** What is wrong, each with a way to its place. */
export function FindingsList({ findings, onJump, busy = false, at = 0 }: FindingsListProps) {
  const when = at === 0 ? '' : ` at ${clockTime(at)}`;
  return (
    <div className="entry-findings" role="status">
      <p className="quiet">
        {busy
          ? 'Checking …'
          : findings.length === 0
            ? `Checked${when}: nothing found. Types are checked when it is saved.`
            : `Checked${when}: ${findings.length} to mend.`}
      </p>
      {findings.length > 0 && (
        <ul>
          {findings.map((finding, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same may be found twice
            <li key={index}>
              {finding.line !== undefined ? (
                <Button kind="quiet" onClick={() => onJump(finding)}>
                  Line {finding.line}
                </Button>
              ) : (
                <span className="quiet">No line</span>
              )}
              <bdi>{finding.message}</bdi>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
