import type { Fixtures } from './fixture.ts';

const form = (
  fields: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
) => {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  for (const [name, text] of Object.entries(files)) made.append('files', new File([text], name));
  return made;
};

export const workflows: Fixtures = {
  analysePluginTaskSignatures: { own: true, body: () => ({ pythonCode: 'x = 1\n' }) },
  importResources: {
    body: ({ group, name }) =>
      form(
        { group: String(group.id), sourceType: 'upload_files' },
        { 'dioptra.toml': `[[plugin_param_types]]\nname = "${name()}"\n` },
      ),
  },
};
