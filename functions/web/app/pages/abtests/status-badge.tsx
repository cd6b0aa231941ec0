import { Badge, type Tone } from '../../ui/text.tsx';
import type { Experiment, Status } from './model.ts';

const WORDS: Readonly<Record<Status, readonly [string, Tone]>> = {
  draft: ['Draft', 'plain'],
  running: ['Running', 'busy'],
  paused: ['Paused', 'warn'],
  stopped: ['Ended', 'plain'],
};

export const CONCLUSIONS: Readonly<Record<string, string>> = {
  won: 'Won',
  lost: 'Lost',
  inconclusive: 'Inconclusive',
  stopped_early: 'Stopped early',
  invalid: 'Invalid',
};

const TONES: Readonly<Record<string, Tone>> = { won: 'good', lost: 'bad', invalid: 'warn' };

interface StatusBadgeProps {
  readonly experiment: Experiment;
  /** A conclusion stands for the end that it was drawn at. */
  readonly brief?: boolean;
}

/** How an experiment stands, and what came of it. */
export function StatusBadge({ experiment, brief = false }: StatusBadgeProps) {
  const [word, tone] = WORDS[experiment.status];
  const { conclusion } = experiment;
  return (
    <>
      {(!brief || conclusion === null) && <Badge tone={tone}>{word}</Badge>}
      {conclusion !== null && (
        <Badge tone={TONES[conclusion] ?? 'plain'}>{CONCLUSIONS[conclusion] ?? conclusion}</Badge>
      )}
      {experiment.archived && <Badge>Archived</Badge>}
    </>
  );
}
