import { RepositoryRefused } from '#kernel/repositories.ts';
import { commandPackets, type Packet, readPackets, textOf } from './packets.ts';
import { malformed } from './refused.ts';
import type { Connection } from './transport.ts';

/** A repository at its host, which speaks protocol 2 (git's documents: protocol-v2). */
export interface Remote {
  /** Ids of the refs that start so; those of tags lead to what they name. */
  refs(prefixes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The pack with one commit and all that it holds. */
  pack(commit: string): Promise<Buffer>;
}

const SERVICE = 'git-upload-pack';
/** Of lines that are kept; prefixes narrow what a host sends. */
const MAX_TEXT = 4 * 1024 * 1024;
const REF_LINE = /^([0-9a-f]{40}) (\S+)(?: .*)?$/;
const PEELED = / peeled:([0-9a-f]{40})(?: |$)/;
const BANDS = { pack: 1, progress: 2, failure: 3 };

/** What the host says went wrong, as messages show it. */
const said = (text: string): RepositoryRefused =>
  new RepositoryRefused(`its host says "${text.replaceAll(/\p{Cc}/gu, '?').slice(0, 200)}"`);

function requireText(packet: Packet): string {
  if (typeof packet === 'string') throw malformed(`an unexpected ${packet}`);
  const text = textOf(packet);
  if (text.startsWith('ERR ')) throw said(text.slice('ERR '.length));
  return text;
}

/** The lines up to the first mark after them. */
async function linesOf(packets: AsyncIterable<Packet>): Promise<readonly string[]> {
  const lines: string[] = [];
  let length = 0;
  for await (const packet of packets) {
    if (packet === 'flush') {
      // Some hosts name the service first, in a part of its own.
      if (lines.length !== 1 || lines[0] !== `# service=${SERVICE}`) return lines;
      lines.length = 0;
      continue;
    }
    const text = requireText(packet);
    length += text.length + 1;
    if (length > MAX_TEXT) throw malformed('too many lines');
    lines.push(text);
  }
  throw malformed('it ends early');
}

function requireCapabilities(lines: readonly string[]): void {
  const [version, ...capabilities] = lines;
  if (version !== 'version 2') throw new RepositoryRefused('its host does not speak protocol 2');
  const value = (name: string): string | undefined => {
    const found = capabilities.find((each) => each === name || each.startsWith(`${name}=`));
    return found?.slice(name.length + 1);
  };
  if ((value('object-format') ?? 'sha1') !== 'sha1') {
    throw new RepositoryRefused('its objects are not named by SHA-1');
  }
  if (value('ls-refs') === undefined || !value('fetch')?.split(' ').includes('shallow')) {
    throw new RepositoryRefused('its host cannot send a commit without its history');
  }
}

/** Joins what comes after `packfile`, until the end. */
async function packOf(packets: AsyncIterable<Packet>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let isPack = false;
  for await (const packet of packets) {
    if (packet === 'flush') return Buffer.concat(parts);
    if (typeof packet === 'string') continue;
    if (!isPack) {
      isPack = requireText(packet) === 'packfile';
    } else if (packet[0] === BANDS.pack) {
      parts.push(packet.subarray(1));
    } else if (packet[0] === BANDS.failure) {
      throw said(textOf(packet.subarray(1)));
    } else if (packet[0] !== BANDS.progress) {
      throw malformed('an unknown band');
    }
  }
  throw malformed('it ends early');
}

/** Asks the host of a repository what it can do. Throws when that is not enough. */
export async function openRemote(connection: Connection, address: string): Promise<Remote> {
  const infoRefs = new URL(`${address}/info/refs?service=${SERVICE}`);
  const accept = `application/x-${SERVICE}-advertisement`;
  const { url, chunks } = await connection.call({ url: infoRefs, accept });
  requireCapabilities(await linesOf(readPackets(chunks)));
  const command = async (name: string, args: readonly string[]) => {
    const { chunks: answer } = await connection.call({
      url: new URL(url.href.replace(/\/info\/refs\?.*$/, `/${SERVICE}`)),
      accept: `application/x-${SERVICE}-result`,
      body: commandPackets(name, ['agent=git/assay', 'object-format=sha1'], args),
    });
    return readPackets(answer);
  };
  return {
    async refs(prefixes) {
      const asked = prefixes.map((prefix) => `ref-prefix ${prefix}`);
      const lines = await linesOf(await command('ls-refs', ['peel', ...asked]));
      return new Map(
        lines.map((line): [string, string] => {
          const [, id, name] = REF_LINE.exec(line) ?? [];
          if (id === undefined || name === undefined) throw malformed('a ref that is none');
          return [name, PEELED.exec(line)?.[1] ?? id];
        }),
      );
    },
    pack: async (commit) =>
      packOf(
        await command('fetch', ['no-progress', 'ofs-delta', 'deepen 1', `want ${commit}`, 'done']),
      ),
  };
}
