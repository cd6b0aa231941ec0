/** Schemas in the words of OpenAPI documents. */
import * as z from 'zod';

export type Json = { readonly [name: string]: unknown };

const asObject = (value: unknown): Json => (typeof value === 'object' ? { ...value } : {});

const isEmpty = (schema: object): boolean => Object.keys(schema).length === 0;

export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  // References into the middle of the document would not resolve, so nothing is shared.
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema: made }) => {
      // One of several that takes anything takes what the others do, too.
      if (made.anyOf?.some(isEmpty)) delete made.anyOf;
    },
  });
  return json;
}

const LIMITS = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** What goes out: of its integers nobody need be told that they are safe. */
export function answerSchema(schema: z.ZodType): Json {
  const withoutLimits = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(withoutLimits);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part)
        .filter(([, each]) => !LIMITS.includes(each))
        .map(([name, each]) => [name, withoutLimits(each)]),
    );
  };
  return withoutLimits(jsonSchema(schema, 'output')) as Json;
}

/** A schema whose members may be `null` wherever they may be missing. */
export function withNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNulls);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, each]) => [name, withNulls(each)]),
  );
  const { properties, required } = inner as { properties?: Json; required?: readonly string[] };
  if (inner.type !== 'object' || properties === undefined) return inner;
  const orNull = (name: string, each: object) =>
    required?.includes(name) === true || isEmpty(each) ? each : { anyOf: [each, { type: 'null' }] };
  const members = Object.entries(properties).map(([name, each]) => [
    name,
    orNull(name, each as object),
  ]);
  return { ...inner, properties: Object.fromEntries(members) };
}

/** What a query's text means (a number, a flag) says more than how the text must look. */
export function queryParameters(query: z.ZodType, example: Json = {}): readonly Json[] {
  // What a transform makes of the whole tells nothing of the parameters that it takes.
  const taken = query instanceof z.ZodPipe ? (query.in as z.ZodType) : query;
  const [input, output] = [jsonSchema(taken, 'input'), jsonSchema(taken, 'output')];
  const [texts, meanings] = [asObject(input.properties), asObject(output.properties)];
  const required = new Set(Array.isArray(input.required) ? input.required : []);
  return Object.keys(texts).map((name) => {
    const meaning = asObject(meanings[name]);
    return {
      name,
      in: 'query',
      required: required.has(name),
      schema: isEmpty(meaning) ? texts[name] : meaning,
      ...(name in example ? { example: example[name] } : {}),
    };
  });
}
