import type { Context } from '#kernel/context.ts';

/** What the store holds at a place: a file, or a folder with the sum of its files. */
export interface Measure {
  readonly isDir: boolean;
  readonly size: number;
  readonly files: number;
}

/** Number and bytes of all files below `<key>/`; `look` may end it when they become too many. */
export async function measureFolder(
  ctx: Pick<Context, 'blobs'>,
  key: string,
  look: (files: number) => void = () => undefined,
): Promise<Measure> {
  let [files, size] = [0, 0];
  let after: string | undefined;
  do {
    const page = await ctx.blobs.list(`${key}/`, after === undefined ? {} : { after });
    files += page.objects.length;
    look(files);
    size += page.objects.reduce((sum, object) => sum + object.size, 0);
    after = page.next;
  } while (after !== undefined);
  return { isDir: true, size, files };
}

/** The same of whatever is there; nothing where there is neither a file nor a folder. */
export async function measureStored(
  ctx: Pick<Context, 'blobs'>,
  key: string,
): Promise<Measure | undefined> {
  const file = await ctx.blobs.head(key);
  if (file !== undefined) return { isDir: false, size: file.size, files: 1 };
  const folder = await measureFolder(ctx, key);
  return folder.files === 0 ? undefined : folder;
}
