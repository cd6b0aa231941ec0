interface Project {
  readonly experiment: { readonly name: string };
  readonly queue: { readonly name: string };
  readonly entrypoint: { readonly name: string };
  readonly values: Readonly<Record<string, string>>;
  readonly timeout: string;
}

/** A word of a shell, whatever is in it: names come from outside. */
export const shellWord = (text: string): string =>
  /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The call that submits the archive of an MLproject once more, with the same parameters. */
export function againCommand(job: Project, origin: string): string {
  const { experiment, queue, entrypoint, values, timeout } = job;
  const parameters = Object.entries(values).map(
    ([name, value]) => `-P ${shellWord(`${name}=${value}`)}`,
  );
  // `--form-string`: a value that begins with @ or < would name a file.
  const fields = [
    ['experiment_name', experiment.name],
    ['queue', queue.name],
    ['entry_point', entrypoint.name],
    ['timeout', timeout],
    ...(parameters.length === 0 ? [] : [['entry_point_kwargs', parameters.join(' ')]]),
  ].map(([name, value]) => `--form-string ${shellWord(`${name}=${value}`)}`);
  return [
    `curl -u YOUR_NAME ${shellWord(`${origin}/api/job/`)}`,
    ...fields,
    '-F workflow=@ARCHIVE',
  ].join(' \\\n  ');
}
