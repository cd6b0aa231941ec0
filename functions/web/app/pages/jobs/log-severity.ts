export const SEVERITIES = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

const RANKS = new Map<string, number>(SEVERITIES.map((severity, rank) => [severity, rank]));

/** How grave a line is; words of other programs count as what is said usually. */
export const rankOf = (severity: string): number => RANKS.get(severity) ?? 1;
