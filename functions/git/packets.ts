import { malformed } from './refused.ts';

/** A frame of git's protocol (pkt-line): bytes, or one of its marks. */
export type Packet = Buffer | 'flush' | 'delimiter' | 'end';

const LENGTH = 4;
const MAX_PACKET = 65_520;
const MARKS: readonly Packet[] = ['flush', 'delimiter', 'end'];

/** A request of a command with its arguments. */
export function commandPackets(
  command: string,
  capabilities: readonly string[],
  args: readonly string[],
): Buffer {
  const line = (text: string): string => {
    const bytes = Buffer.byteLength(text) + LENGTH + 1;
    return `${bytes.toString(16).padStart(LENGTH, '0')}${text}\n`;
  };
  const head = [`command=${command}`, ...capabilities].map(line).join('');
  return Buffer.from(`${head}0001${args.map(line).join('')}0000`);
}

/** Text of a frame without its end of line. */
export const textOf = (packet: Uint8Array): string =>
  Buffer.from(packet).toString('utf8').replace(/\n$/, '');

function lengthAt(bytes: Buffer, at: number): number {
  const text = bytes.toString('latin1', at, at + LENGTH);
  const length = /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  if (!(length < MARKS.length || (length >= LENGTH && length <= MAX_PACKET))) {
    throw malformed('a frame without a length');
  }
  return length;
}

/** The frames of an answer, as they arrive. */
export async function* readPackets(chunks: AsyncIterable<Buffer>): AsyncGenerator<Packet> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + LENGTH <= rest.byteLength) {
      const length = lengthAt(rest, at);
      if (at + length > rest.byteLength) break;
      yield MARKS[length] ?? rest.subarray(at + LENGTH, at + length);
      at += Math.max(length, LENGTH);
    }
    rest = rest.subarray(at);
  }
  if (rest.byteLength > 0) throw malformed('it ends within a frame');
}
