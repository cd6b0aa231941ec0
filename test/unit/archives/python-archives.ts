/** Archives as Python's library makes them, by one process that answers request after request. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const SCRIPT = `
import base64, bz2, gzip, io, json, lzma, sys, tarfile, zipfile

def tar(entries, format):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=format) as made:
        for path, contents in entries:
            info = tarfile.TarInfo(path)
            if contents is None: info.type = tarfile.DIRTYPE
            else: info.size = len(contents)
            made.addfile(info, io.BytesIO(contents or b''))
    return out.getvalue()

def zipped(entries, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as made:
        for path, contents in entries:
            made.writestr(path + '/' if contents is None else path, contents or b'')
    return out.getvalue()

def xz(data, dictionary=None, check=lzma.CHECK_CRC64, **more):
    filters = [{'id': lzma.FILTER_LZMA2, 'preset': 0, **({'dict_size': dictionary} if dictionary else {})}]
    return lzma.compress(data, check=check, filters=more.get('filters', filters))

make = {
    'gnu.tar': lambda e: tar(e, tarfile.GNU_FORMAT),
    'pax.tar': lambda e: tar(e, tarfile.PAX_FORMAT),
    'tar.gz': lambda e: gzip.compress(tar(e, tarfile.GNU_FORMAT), 1),
    'tar.bz2': lambda e: bz2.compress(tar(e, tarfile.PAX_FORMAT), 1),
    'tar.xz': lambda e: xz(tar(e, tarfile.PAX_FORMAT)),
    'zip': lambda e: zipped(e, zipfile.ZIP_DEFLATED),
    'stored.zip': lambda e: zipped(e, zipfile.ZIP_STORED),
    'lzma.zip': lambda e: zipped(e, zipfile.ZIP_LZMA),
}
squeeze = {
    'bz2': lambda d: bz2.compress(d),
    'bz2-1': lambda d: bz2.compress(d, 1),
    'xz': lambda d: xz(d),
    'xz-64M': lambda d: xz(d, 1 << 26),
    'xz-1G': lambda d: xz(d, 1 << 30),
    'xz-sha256': lambda d: xz(d, check=lzma.CHECK_SHA256),
    'xz-delta': lambda d: xz(d, filters=[{'id': lzma.FILTER_DELTA, 'dist': 4}, {'id': lzma.FILTER_LZMA2, 'preset': 0}]),
}
for line in sys.stdin:
    how, what = json.loads(line)
    if how in squeeze: answer = squeeze[how](base64.b64decode(what))
    else: answer = make[how]([(p, None if c is None else base64.b64decode(c)) for p, c in what])
    print(base64.b64encode(answer).decode(), flush=True)
`;

export const MADE_BY_PYTHON = [
  'gnu.tar',
  'pax.tar',
  'tar.gz',
  'tar.bz2',
  'tar.xz',
  'zip',
  'stored.zip',
] as const;
export type Made = (typeof MADE_BY_PYTHON)[number] | 'lzma.zip';
export type Squeezed = 'bz2' | 'bz2-1' | 'xz' | 'xz-64M' | 'xz-1G' | 'xz-sha256' | 'xz-delta';

/** A file, or without contents a folder. */
export type Member = readonly [path: string, contents: Uint8Array | undefined];

export function startPython() {
  const python = spawn(process.env.ASSAY_PYTHON ?? 'python3', ['-c', SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  let turn: Promise<unknown> = Promise.resolve();
  const ask = (...request: readonly unknown[]): Promise<Buffer> => {
    const answer = turn.then(async () => {
      python.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('Python has ended.');
      return Buffer.from(value, 'base64');
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    make: (format: Made, members: readonly Member[]) =>
      ask(
        format,
        members.map(([path, bytes]) => [path, bytes === undefined ? null : text(bytes)]),
      ),
    squeeze: (how: Squeezed, bytes: Uint8Array) => ask(how, text(bytes)),
    close: () => void python.stdin.end(),
  };
}
export type Python = ReturnType<typeof startPython>;
