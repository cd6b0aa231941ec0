/** Real repositories, served by git's own program on the loopback. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Certificate } from './certificates.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An environment in which git knows nobody's configuration. */
const plainGit = (folder: string) => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.test',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.test',
});

export interface Repository {
  readonly folder: string;
  /** Runs git in it, with what goes to its standard input; answers what it prints. */
  git(args: readonly string[], input?: string | Uint8Array): string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  link(path: string, target: string): void;
  /** Commits all of the folder; answers the id. */
  commit(): string;
}

export interface GitServer {
  readonly port: number;
  /** As the adapter is asked for it; the name leads nowhere unless the test says where. */
  url(name: string): string;
  create(name: string): Repository;
  /** Paths of the requests so far, with their methods. */
  readonly calls: string[];
  /** Answers instead of git, until it is set to undefined. */
  handler: Handler | undefined;
  close(): Promise<void>;
}

function repositoryIn(home: string, folder: string): Repository {
  mkdirSync(folder, { recursive: true });
  const git = (args: readonly string[], input?: string | Uint8Array): string =>
    execFileSync('git', args, {
      cwd: folder,
      env: plainGit(home),
      input,
      maxBuffer: 1024 * 1024 * 64,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .toString()
      .trim();
  git(['init', '--quiet', '--initial-branch=main']);
  return {
    folder,
    git,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    link: (path, target) => symlinkSync(target, join(folder, path)),
    commit() {
      git(['add', '--all']);
      git(['commit', '--quiet', '--allow-empty', '--message', 'x']);
      return git(['rev-parse', 'HEAD']);
    },
  };
}

/** Hands a request to `git http-backend`, as web servers hand it to programs (CGI). */
function backend(home: string): Handler {
  return (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://git.test');
    const child = spawn('git', ['http-backend'], {
      env: {
        ...plainGit(home),
        GIT_PROJECT_ROOT: home,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REQUEST_METHOD: request.method ?? 'GET',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    response.on('close', () => child.kill());
    let head = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (response.headersSent) return void response.write(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const headers = Object.fromEntries(
        head
          .toString('latin1', 0, end)
          .split('\r\n')
          .map((line) => line.split(/: /, 2)),
      );
      response.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers);
      response.write(head.subarray(end + 4));
    });
    child.stdout.on('end', () => response.end());
  };
}

/** Over HTTPS where it has a certificate. */
export async function startGitServer(certificate?: Certificate): Promise<GitServer> {
  const home = mkdtempSync(join(tmpdir(), 'assay-git-'));
  const calls: string[] = [];
  const git = backend(home);
  const handle: Handler = (request, response) => {
    calls.push(`${request.method} ${request.url}`);
    (made.handler ?? git)(request, response);
  };
  const server =
    certificate === undefined ? createServer(handle) : createTlsServer(certificate, handle);
  const scheme = certificate === undefined ? 'http' : 'https';
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const made: GitServer = {
    port,
    url: (name) => `${scheme}://git.test:${port}/${name}`,
    create: (name) => repositoryIn(home, join(home, name)),
    calls,
    handler: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return made;
}
