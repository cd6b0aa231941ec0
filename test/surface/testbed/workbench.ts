/** The Testbed API with a user who owns the group `public`, asked as its scripts ask it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Settings } from '#kernel/context.ts';
import {
  type Answer,
  type Client,
  type TestApp,
  type TestUser,
  testApp,
} from '../../support/app.ts';

export type Files = { readonly [path: string]: string };

const TAR_FLAGS: { readonly [extension: string]: string } = {
  tar: '',
  tgz: 'z',
  'tar.gz': 'z',
  'tar.bz2': 'j',
  'tar.xz': 'J',
};

/** An archive of these files, made by the system's own programs. */
export function archiveOf(files: Files, extension = 'tar.gz'): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'));
  try {
    const source = join(folder, 'source');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(source, dirname(path)), { recursive: true });
      writeFileSync(join(source, path), text);
    }
    const archive = join(folder, `archive.${extension}`);
    const flags = TAR_FLAGS[extension];
    if (flags === undefined) {
      execFileSync('python3', ['-m', 'zipfile', '-c', archive, ...topsOf(files)], { cwd: source });
    } else execFileSync('tar', [`-c${flags}f`, archive, ...topsOf(files)], { cwd: source });
    return readFileSync(archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const topsOf = (files: Files): readonly string[] => [
  ...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? '')),
];

export const MLPROJECT = `name: trial
entry_points:
  main:
    parameters:
      rate: {type: float, default: 0.5}
      name: string
    command: "python train.py --rate {rate} --name {name}"
  plain:
    command: "python train.py"
`;
export const PROJECT: Files = { MLproject: MLPROJECT, 'train.py': 'print("hello")\n' };

export type FormFields = Readonly<
  Record<string, string | { readonly name: string; readonly bytes: Uint8Array }>
>;

export function formData(fields: FormFields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value.bytes)]), value.name);
  }
  return form;
}

type Headers = Readonly<Record<string, string>>;

/** Calls of one user, by addresses below `/api`. */
export interface Scripts {
  readonly get: (path: string, headers?: Headers) => Promise<Answer>;
  readonly put: (path: string, body?: unknown) => Promise<Answer>;
  readonly delete: (path: string) => Promise<Answer>;
  readonly json: (path: string, body: unknown) => Promise<Answer>;
  /** Fields as `application/x-www-form-urlencoded`. */
  readonly form: (path: string, fields: Headers, headers?: Headers) => Promise<Answer>;
  /** Fields and files as `multipart/form-data`. */
  readonly multipart: (path: string, fields: FormFields) => Promise<Answer>;
}

const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };

export const scriptsOf = (client: Client): Scripts => ({
  get: (path, headers) => client.call('GET', `/api${path}`, undefined, headers),
  put: (path, body) => client.put(`/api${path}`, body),
  delete: (path) => client.delete(`/api${path}`),
  json: (path, body) => client.post(`/api${path}`, body),
  form: (path, fields, headers) =>
    client.call('POST', `/api${path}`, new URLSearchParams(fields).toString(), {
      ...URLENCODED,
      ...headers,
    }),
  multipart: (path, fields) => client.call('POST', `/api${path}`, formData(fields)),
});

export interface Testbed extends Scripts {
  readonly app: TestApp;
  readonly user: TestUser;
  /** A form that submits a job of the trial project; the experiment and the queue are there. */
  readonly jobForm: (more?: FormFields) => FormFields;
}

export async function openTestbed(settings: Partial<Settings> = {}): Promise<Testbed> {
  const app = testApp(settings);
  const user = await app.newUser('alice');
  const scripts = scriptsOf(user);
  await scripts.form('/experiment/', { name: 'mnist' });
  await scripts.form('/queue/', { name: 'tensorflow_cpu' });
  const workflow = { name: 'workflows.tar.gz', bytes: archiveOf(PROJECT) };
  return {
    app,
    user,
    ...scripts,
    jobForm: (more = {}) => ({
      experiment_name: 'mnist',
      queue: 'tensorflow_cpu',
      entry_point: 'main',
      entry_point_kwargs: '-P name=x',
      workflow,
      ...more,
    }),
  };
}
