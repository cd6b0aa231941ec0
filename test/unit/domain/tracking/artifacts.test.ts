import { describe, expect, it } from 'vitest';
import { artifactKey, requireArtifactPath } from '#domain/tracking/index.ts';

describe('the path of an artifact', () => {
  it.each([
    'a',
    'a/b.txt',
    'weights of 100%.bin',
    '50%25.txt',
    'ünï/çødé.json',
    '...',
    'a..b',
    '.hidden',
  ])('may be %j', (path) => {
    expect(artifactKey('r', path)).toBe(`runs/r/artifacts/${path}`);
  });

  it.each([
    '..',
    '../x',
    'a/../b',
    'a/..',
    './a',
    '/etc/passwd',
    'a//b',
    'a/',
    '%2e%2e/x',
    '%2E%2e%2fx',
    '%252e%252e%252fx',
    '..%2f..%2fx',
    'a%5c..%5cb',
    'a\\..\\b',
    'C:\\x',
    'C:/x',
    'file:///etc/passwd',
    '%2fetc',
    `%${'25'.repeat(8)}2e`,
    'a\0b',
    'a\nb',
    '\ud800',
    'a'.repeat(1_000),
  ])('may not be %j', (path) => {
    expect(() => artifactKey('r', path)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it('may be empty only where a folder is meant', () => {
    expect(() => requireArtifactPath('')).not.toThrow();
    expect(() => artifactKey('r', '')).toThrow();
  });
});
