/** Names of runs whose client gave none: three parts, made of 32 random hex digits. */
const FIRST = [
  'amber',
  'bold',
  'brisk',
  'calm',
  'clever',
  'crisp',
  'eager',
  'fair',
  'gentle',
  'glad',
  'keen',
  'lively',
  'lucid',
  'merry',
  'noble',
  'patient',
  'quiet',
  'rapid',
  'sober',
  'sunny',
  'tidy',
  'vivid',
  'warm',
  'witty',
] as const;
const SECOND = [
  'acorn',
  'badger',
  'birch',
  'cedar',
  'comet',
  'crane',
  'delta',
  'falcon',
  'fjord',
  'harbor',
  'heron',
  'island',
  'lark',
  'maple',
  'meadow',
  'orchid',
  'otter',
  'pebble',
  'quartz',
  'raven',
  'river',
  'sparrow',
  'summit',
  'willow',
] as const;

export function runName(hex: string): string {
  const part = (at: number, size: number): number =>
    Number.parseInt(hex.slice(at, at + 8), 16) % size;
  return `${FIRST[part(0, FIRST.length)]}-${SECOND[part(8, SECOND.length)]}-${part(16, 1000)}`;
}
