import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveOf, openTestbed, PROJECT, type Testbed } from './workbench.ts';

let testbed: Testbed;
beforeAll(async () => {
  testbed = await openTestbed();
});
afterAll(() => testbed.app.close());

const submit = (more: Parameters<Testbed['jobForm']>[0] = {}) =>
  testbed.multipart('/job/', testbed.jobForm(more));
const project = (text: string) => ({ name: 'w.tgz', bytes: archiveOf({ MLproject: text }) });

describe('a form that nobody honest sends', () => {
  it.each([
    ['a text', { filename: 'w.zip', bytes: 'PK' }],
    ['numbers', { filename: 'w.zip', bytes: [80, 75] }],
    ['nothing', { filename: 'w.zip', bytes: null }],
    ['no name', { bytes: 1 }],
  ])('is refused where JSON stands for a file: %s', async (_what, file) => {
    const { workflow: _, ...form } = testbed.jobForm();
    const plugin = { task_plugin_name: 'ours', collection: 'dioptra_custom' };

    const answers = [
      await testbed.json('/job/', { ...form, workflow: file }),
      await testbed.json('/taskPlugin/', { ...plugin, task_plugin_file: file }),
    ];

    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [400, 'Bad Request - The job was not submitted. workflow: Must be a file.'],
      [400, 'Bad Request - The task plugin was not registered. task_plugin_file: Must be a file.'],
    ]);
    expect(testbed.app.errors).toEqual([]);
  });

  it('takes no longer for many thousands of fields', async () => {
    const names = Array.from({ length: 50_000 }, (_, number) => number.toString(36));
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const started = performance.now();

    const { status } = await testbed.user.call(
      'POST',
      '/api/experiment/',
      `name=many&name=fields&${names.join('&')}`,
      type,
    );

    expect(status).toBe(400);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it.each(['-P name=\0', "-P name='\ud800'"])(
    'holds a text that no store keeps: %j',
    async (kwargs) => {
      const bytes = archiveOf(PROJECT);
      const grant = { filename: 'w.tgz', size: String(bytes.byteLength) };
      const { workflowUpload } = (await testbed.form('/job/workflowUpload', grant)).body;
      await testbed.app.system.blobs.put(`workflows/${workflowUpload}/w.tgz`, bytes);
      const { workflow: _, ...form } = testbed.jobForm();

      const { status, body } = await testbed.json('/job/', {
        ...form,
        entry_point_kwargs: kwargs,
        workflow_upload: workflowUpload,
      });

      expect([status, body.message]).toEqual([
        400,
        expect.stringContaining('entry_point_kwargs: Must '),
      ]);
    },
  );
});

it.each(['\0', '\ud800'])(
  'progress is told in no text that no store keeps: %j',
  async (message) => {
    const { jobId } = (await submit()).body;

    const { status, body } = await testbed.put(`/job/${jobId}/progress`, { fraction: 0, message });

    expect([status, body.message]).toEqual([400, expect.stringContaining('message: Must ')]);
  },
);

describe('an MLproject archive', () => {
  it.each(['tgz', 'zip'])('may have a folder of that name, in a .%s', async (extension) => {
    const files = Object.entries(PROJECT).map(([path, text]) => [`mlproject/${path}`, text]);
    const bytes = archiveOf(Object.fromEntries(files), extension);

    const { status, body } = await submit({ workflow: { name: `w.${extension}`, bytes } });

    expect([status, body.message]).toEqual([200, null]);
  });

  it('is none with a folder in the place of the file', async () => {
    const bytes = archiveOf({ 'MLproject/readme': '', 'train.py': '' });

    const answer = await submit({ entry_point: 'train.py', workflow: { name: 'w.tgz', bytes } });

    expect([answer.status, answer.body.message]).toEqual([
      400,
      expect.stringContaining('has no MLproject file'),
    ]);
  });

  it.each(['a;b', '{0}', '../a', '/a', 'a//b', 'n'.repeat(251)])(
    'is asked for no parameter that its run cannot have: %s',
    async (name) => {
      const spec = `entry_points: {main: {command: x, parameters: {"${name}": {default: 1}}}}`;

      const answers = [
        await submit({ entry_point: 'plain', entry_point_kwargs: `-P '${name}=1'` }),
        await submit({ entry_point_kwargs: '', workflow: project(spec) }),
      ];

      const refused = [400, expect.stringContaining('a run has no parameter of the name')];
      expect(answers.map(({ status, body }) => [status, body.message])).toEqual([refused, refused]);
    },
  );

  it.each([
    ['it has', 'x'],
    ['has no command', ''],
  ])('is refused in few words, whatever the entry point is called that %s', async (_, command) => {
    const name = `\u202e${'n'.repeat(200_000)}`;

    const { status, text } = await submit({
      workflow: project(`entry_points: {? "${name}" : {command: "${command}"}}`),
    });

    expect([status, text.length < 500, text.includes('\u202e')]).toEqual([400, true, false]);
  });
});
