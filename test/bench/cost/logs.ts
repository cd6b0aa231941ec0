/** Bytes of log that one call leaves behind. */
import type { Resources } from '../../../infra/idle-cost.ts';

/** CloudWatch counts so much more for each line. */
const PER_LINE = 26;
/** What the runtime puts before each line that a function prints: time, request id, level. */
const PREFIX = 67;
/** START, END and REPORT of one invocation. */
const PLATFORM_LINES = [72, 53, 180];

const bytes = (lines: readonly number[]): number =>
  lines.reduce((sum, length) => sum + length + PER_LINE, 0);

/** A value as long as the longest usual one. */
const SAMPLE = '0123456789abcdef0123456789';

const requestLine = JSON.stringify({
  level: 'info',
  event: 'request',
  method: 'DELETE',
  path: '/api/v1/experiments/123456/entrypoints/123456',
  status: 200,
  ms: 12,
});

/** The line of the gateway, in the format that the template gives it. */
function accessLine(resources: Resources): number {
  const formats = Object.values(resources).flatMap(({ Type, Properties = {} }) => {
    if (Type !== 'AWS::ApiGatewayV2::Stage') return [];
    const { AccessLogSettings: settings } = Properties;
    return [String((settings as { readonly Format?: string } | undefined)?.Format ?? '')];
  });
  return Math.max(
    0,
    ...formats.map((text) => text.replaceAll(/\$context\.[\w.]+/g, SAMPLE).length),
  );
}

/** One line of a function, with what the platform says of its start and end. */
export const functionLog = (line: string): number =>
  bytes([PREFIX + line.length, ...PLATFORM_LINES]);

/** All that one request leaves: of the gateway and of the function. */
export const requestLog = (resources: Resources): number =>
  bytes([accessLine(resources)]) + functionLog(requestLine);
