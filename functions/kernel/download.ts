/** A file for callers: its bytes or, when it is large, where to get them. */
export type Download = {
  readonly filename: string;
  readonly contentType: string;
} & ({ readonly bytes: Uint8Array } | { readonly url: string });
