/** Bounds that hold before anything recursive or costly sees the text. */
export const graphLimits = {
  /** Characters of text. */
  text: 262_144,
  /** Lexical tokens, blanks included: what composing costs is proportional to them. */
  lexemes: 16_000,
  /** Collections inside each other; the engine recurses over them in Python. */
  depth: 64,
  /** Values and characters after aliases are expanded. */
  nodes: 20_000,
  characters: 1_048_576,
  /** Choices of all swaps together: each is checked, and the findings name the choices of all. */
  choices: 128,
} as const;
