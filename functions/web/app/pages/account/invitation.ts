let kept = '';

/** An invitation that came in the address, which it left at once: kept until this page is left or loaded anew. */
export const keepInvitation = (text: string): void => {
  kept = text;
};
export const keptInvitation = (): string => kept;

/** The address that hands an invitation to a person. */
export const invitationLink = (origin: string, token: string): string =>
  `${origin}/ui/register?invitation=${encodeURIComponent(token)}`;

/** The invitation in what was pasted: its own text, or a link that holds it. */
export function invitationIn(pasted: string): string {
  const found = /asi_[A-Za-z0-9_-]{20,100}/.exec(pasted);
  return found === null ? pasted.trim() : found[0];
}
