/** How a file is shown, by the end of its name alone: what it says of itself is not trusted. */

export type PreviewKind = 'image' | 'table' | 'json' | 'markdown' | 'source' | 'text' | 'none';

export interface PreviewPlan {
  readonly kind: PreviewKind;
  /** The type of an image, whatever its bytes are. */
  readonly type?: string;
  readonly delimiter?: ',' | '\t';
  /** Bytes that are fetched at most. */
  readonly most: number;
}

const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};
const IMAGE_BYTES = 10_000_000;
const TEXT_BYTES = 200_000;
const TABLE_BYTES = 1_000_000;

/** What would run scripts or load from elsewhere if it were shown as what it is. */
const ACTIVE = new Set(['html', 'htm', 'xhtml', 'svg', 'xml', 'mhtml']);
/** What is no text, and has no picture of its own here. */
const BINARY = new Set(
  'bin pkl pickle joblib pt pth onnx h5 hdf5 npy npz parquet zip gz tgz bz2 xz tar 7z whl so safetensors pb tflite pdf mp3 mp4 wav avi mov ico bmp tif tiff exe dll jar class pyc db sqlite'.split(
    ' ',
  ),
);

export function previewPlan(path: string): PreviewPlan {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
  const type = Object.hasOwn(IMAGES, ending) ? IMAGES[ending] : undefined;
  if (type !== undefined) return { kind: 'image', type, most: IMAGE_BYTES };
  if (ending === 'csv') return { kind: 'table', delimiter: ',', most: TABLE_BYTES };
  if (ending === 'tsv') return { kind: 'table', delimiter: '\t', most: TABLE_BYTES };
  if (ending === 'json') return { kind: 'json', most: TEXT_BYTES };
  if (ending === 'md' || ending === 'markdown') return { kind: 'markdown', most: TEXT_BYTES };
  if (ACTIVE.has(ending)) return { kind: 'source', most: TEXT_BYTES };
  return { kind: BINARY.has(ending) ? 'none' : 'text', most: TEXT_BYTES };
}

/** The bytes as text; nothing where they are none. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  // A byte of zero among the first thousand is in no text that people read.
  if (bytes.subarray(0, 1000).includes(0)) return undefined;
  return new TextDecoder().decode(bytes);
}

/** Deeper than so, lines are set in no further: blanks would outgrow the text by its length squared. */
const DEEPEST = 20;
const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Each part in a line of its own. Tokens stay as they are written: long numbers keep all digits. */
function indented(text: string): string {
  let depth = 0;
  let last = '';
  const line = (): string => `\n${'  '.repeat(Math.min(depth, DEEPEST))}`;
  return [...text.matchAll(TOKEN)]
    .map(([token]) => {
      const before = last;
      last = token;
      if (token === '}' || token === ']') {
        depth -= 1;
        return before === '{' || before === '[' ? token : `${line()}${token}`;
      }
      const start = before === '{' || before === '[' || before === ',' ? line() : '';
      if (token === '{' || token === '[') depth += 1;
      return `${start}${token}${token === ':' ? ' ' : ''}`;
    })
    .join('');
}

/** As it is, where it is cut or no JSON. */
export function prettyJson(text: string, cut: boolean): string {
  if (cut) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return indented(text);
}
