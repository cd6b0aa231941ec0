/** The worker with the real task engine as its child: an artifact out of one job into the next. */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findPython, pythonRuntime } from '#worker/python.ts';
import { ensureJobPython } from '../../../infra/local/sample/python.ts';
import { startKit, tarGz, type WorkerKit } from './kit.ts';
import type { ServedJob } from './protocol-server.ts';

let python = '';
beforeAll(async () => {
  python = findPython(await ensureJobPython());
}, 300_000);

let kit: WorkerKit;
beforeEach(async () => {
  kit = await startKit();
});
afterEach(async () => {
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const PLUGIN = `
import os
from dioptra import pyplugs

@pyplugs.register
def make(text):
    print("made in", os.environ["__JOB_ID"], "with", os.environ["DIOPTRA_WORKER_PASSWORD"])
    return [text, text]

@pyplugs.register
def show(value):
    print("shown", value)
`;

const SAVER = `
import json
from pathlib import Path
from dioptra.sdk.api.artifact import ArtifactTaskInterface

class Texts(ArtifactTaskInterface):
    @staticmethod
    def serialize(working_dir, name, contents, **kwargs):
        folder = Path(working_dir, name)
        (folder / "parts").mkdir(parents=True)
        for index, text in enumerate(contents):
            (folder / "parts" / f"{index}.txt").write_text(text)
        return folder

    @staticmethod
    def deserialize(working_dir, path, **kwargs):
        return [p.read_text() for p in sorted(Path(working_dir, path, "parts").iterdir())]

    @staticmethod
    def validation():
        return None
`;

const ended = (job: ServedJob) => () => job.state === 'finished' || job.state === 'failed';
const printed = (job: ServedJob) =>
  job.log.filter(({ logger }) => logger === 'stdout').map(({ message }) => message);

it('runs two jobs, the second on what the first one made', async () => {
  const code = [{ name: 'trial/work.py', contents: PLUGIN }];
  const savers = [{ name: 'savers/save.py', contents: SAVER }];
  kit.server.files.set('plugins', await tarGz(code));
  kit.server.files.set('artifact-plugins', await tarGz(savers));
  const first = kit.server.addJob({
    parameters: '{"text":"hello"}',
    artifactTasks: { texts: { task: 'Texts', pluginSnapshotId: 12, taskId: 5 } },
    config: JSON.stringify({
      parameters: { text: '' },
      tasks: {
        make: {
          plugin: 'trial.work.make',
          inputs: [{ text: 'string' }],
          outputs: { value: 'any' },
        },
      },
      graph: { make: { make: '$text' } },
      artifact_outputs: { texts: { contents: '$make', task: { name: 'Texts', args: {} } } },
    }),
  });

  await kit.runUntil(ended(first), pythonRuntime(python));

  expect(first.log.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  expect(first.finish).toMatchObject({
    outcome: 'finished',
    artifacts: [
      {
        name: 'texts',
        path: 'texts/texts',
        isDir: true,
        size: 10,
        pluginSnapshotId: 12,
        taskId: 5,
      },
    ],
  });
  expect(printed(first)).toEqual(['made in 1 with ***']);

  const made = [...first.uploads].filter(([path]) => path.startsWith('texts/'));
  const entries = made.map(([path, { bytes }]) => ({
    name: path.slice('texts/'.length),
    contents: bytes ?? '',
  }));
  kit.server.files.set('made', await tarGz(entries));
  kit.server.files.set('saver', await tarGz(savers));
  const second = kit.server.addJob({
    parameters: '{}',
    artifactTasks: {},
    artifactInputs: {
      earlier: {
        artifactId: 30,
        artifactSnapshotId: 31,
        fileName: 'texts',
        isDir: true,
        contentsPath: '/files/made?fileType=tar_gz',
        pluginBundlePath: '/files/saver',
        pluginName: 'savers',
        taskFile: 'save.py',
        taskName: 'Texts',
        outputs: [{ name: 'value', type: 'any' }],
      },
    },
    config: JSON.stringify({
      tasks: { show: { plugin: 'trial.work.show', inputs: [{ value: 'any' }] } },
      graph: { show: { show: '$earlier' } },
      artifact_inputs: { earlier: { value: 'any' } },
    }),
  });

  await kit.runUntil(ended(second), pythonRuntime(python));

  expect(second.log.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  expect(printed(second)).toEqual(["shown ['hello', 'hello']"]);
  expect(second.state).toBe('finished');
}, 60_000);
