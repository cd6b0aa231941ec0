import { Badge, type Tone } from '../../../ui/text.tsx';
import { isDeleted, isLocked, type Run, type RunStatus } from '../run-data.ts';

const WORDS: Readonly<Record<RunStatus, readonly [string, Tone]>> = {
  RUNNING: ['Running', 'busy'],
  SCHEDULED: ['Scheduled', 'busy'],
  FINISHED: ['Finished', 'good'],
  FAILED: ['Failed', 'bad'],
  KILLED: ['Killed', 'warn'],
};

/** How it is with a run: its status, and whether it is locked or deleted. */
export function RunStatusBadge({ run }: { readonly run: Run }) {
  const [word, tone] = WORDS[run.info.status];
  return (
    <>
      <Badge tone={tone}>{word}</Badge>
      {isLocked(run) && (
        <>
          {' '}
          <Badge>Locked</Badge>
        </>
      )}
      {isDeleted(run) && (
        <>
          {' '}
          <Badge tone="bad">Deleted</Badge>
        </>
      )}
    </>
  );
}
