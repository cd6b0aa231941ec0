import type { Context } from '#kernel/context.ts';
import { openPageToken, signPageToken } from '#kernel/page-token.ts';

/** Where the page that a token asks for begins; `bound` is the question that it was made for. */
export async function placeAfter(
  ctx: Context,
  bound: readonly unknown[],
  token: string | undefined,
): Promise<{ readonly after?: string }> {
  if (token === undefined || token === '') return {};
  const { after } = await openPageToken(ctx, bound, token);
  return { after: String(after) };
}

/** The token of the next page, where there is one. */
export async function nextPage(
  ctx: Context,
  bound: readonly unknown[],
  next: string | undefined,
): Promise<{ readonly next_page_token?: string }> {
  if (next === undefined) return {};
  return { next_page_token: await signPageToken(ctx, bound, { after: next }) };
}
