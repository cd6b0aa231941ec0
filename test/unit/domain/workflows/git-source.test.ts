import { describe, expect, it } from 'vitest';
import { repositoryAt } from '#domain/workflows/import/git-source.ts';
import { AppError } from '#kernel/errors.ts';

const HOSTS = ['github.com', 'git.example.org'];

const refusal = (url: string, hosts = HOSTS): AppError => {
  try {
    repositoryAt(url, hosts);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error(`Nothing refuses ${url}.`);
};

describe('the URL of a repository', () => {
  it.each([
    ['https://github.com/a/b', 'https://github.com/a/b', undefined],
    ['https://github.com/a/b.git', 'https://github.com/a/b.git', undefined],
    ['https://github.com/a/b/', 'https://github.com/a/b', undefined],
    ['https://github.com/a/b#', 'https://github.com/a/b', undefined],
    ['https://github.com:443/a/b', 'https://github.com/a/b', undefined],
    ['HTTPS://GitHub.com/a/b', 'https://github.com/a/b', undefined],
    ['https://github.com/a/b#main', 'https://github.com/a/b', 'main'],
    ['https://github.com/a/b#feature/x@2', 'https://github.com/a/b', 'feature/x@2'],
    ['https://github.com/a/b#caf%C3%A9', 'https://github.com/a/b', 'café'],
    ['https://github.com/a/b#refs/tags/v1.0', 'https://github.com/a/b', 'refs/tags/v1.0'],
    ['https://git.example.org/x/y/~z/w-1_2.3', 'https://git.example.org/x/y/~z/w-1_2.3', undefined],
  ])('%s', (text, url, ref) => {
    expect(repositoryAt(text, HOSTS)).toEqual({ url, ...(ref === undefined ? {} : { ref }) });
  });

  it.each([
    'http://github.com/a/b',
    'git://github.com/a/b',
    'ssh://git@github.com/a/b',
    'git@github.com:a/b.git',
    'file:///etc/passwd',
    'https:github.com/a/b',
    'https:///github.com/a/b',
    'https://user@github.com/a/b',
    'https://user:secret@github.com/a/b',
    'https://github.com:secret@evil.test/a/b',
    'https://github.com\\@evil.test/a/b',
    'https://github.com/a/b\n',
    'https://git\thub.com/a/b',
    ' https://github.com/a/b',
    `https://github.com/${'a'.repeat(2_000)}`,
    '',
  ])('must be plain https: %j', (url) => {
    expect(refusal(url)).toMatchObject({
      code: 'invalid',
      reason: 'import_failed',
      detail: { reason: expect.stringMatching(/must be https|not allowed|of a repository/) },
    });
  });

  it.each([
    'https://gitlab.com/a/b',
    'https://github.com.evil.test/a/b',
    'https://evilgithub.com/a/b',
    'https://www.github.com/a/b',
    'https://github.com./a/b',
    'https://github.com:8443/a/b',
    'https://127.0.0.1/a/b',
    'https://2130706433/a/b',
    'https://0x7f.1/a/b',
    'https://[::1]/a/b',
    'https://localhost/a/b',
    'https://gıthub.com/a/b',
  ])('must lead to a host that is allowed: %s', (url) => {
    expect(refusal(url).detail.reason).toMatch(/not allowed here, only: github.com, git.example/);
  });

  it.each([
    'https://github.com',
    'https://github.com/',
    'https://github.com/a//b',
    'https://github.com/a/b?x=1',
    'https://github.com/a/%2e%2e/b',
    'https://github.com/a/b%20c',
    'https://github.com/a/b;c',
  ])('must lead to a repository: %s', (url) => {
    const result = () => repositoryAt(url, HOSTS).url;

    // What the parser of URLs resolves is a plain path again.
    if (url.includes('%2e')) expect(result()).toBe('https://github.com/b');
    else expect(refusal(url).detail.reason).toMatch(/of a repository/);
  });

  it.each([
    'a..b',
    '-x',
    '/x',
    'x/',
    'x//y',
    '.x',
    'x.lock',
    'a%20b',
    'a%0Ab',
    'a~1',
    'a^',
    'a:b',
    '%',
    '%FF',
    '@%7B',
    'a*',
  ])('must name a branch, a tag or a commit after #: %s', (ref) => {
    expect(refusal(`https://github.com/a/b#${ref}`).detail.reason).toMatch(/follows #/);
  });

  it('is refused where no host is allowed, with what to do about it', () => {
    expect(refusal('https://github.com/a/b', []).detail.reason).toMatch(
      /No host .* 'gitHosts=\["github.com"\]/,
    );
  });
});
