/** The types that a parameter of an entrypoint can have. */
export const parameterTypes = ['string', 'float', 'integer', 'boolean', 'list', 'mapping'] as const;
export type ParameterType = (typeof parameterTypes)[number];
