import { Badge, type Tone } from '../../ui/text.tsx';

const TONES: Readonly<Record<string, Tone>> = { Production: 'good', Staging: 'warn' };

interface StageBadgeProps {
  readonly stage: string;
  readonly version?: string;
}

export const StageBadge = ({ stage, version }: StageBadgeProps) => (
  <Badge tone={TONES[stage] ?? 'plain'}>
    {stage}
    {version !== undefined && ` v${version}`}
  </Badge>
);
