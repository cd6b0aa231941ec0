import type { EntrypointSource, JsonValue } from '#domain/entrypoints/task-graph/index.ts';
import { bad, deliberately, type GraphCase, good } from './graph-case.ts';
import { typedWorkshop } from './typed-workshop.ts';
import { workshop } from './workshop.ts';

const types: readonly (readonly [string, JsonValue])[] = [
  ['animal', null],
  ['dog', { is_a: 'animal' }],
  ['puppy', { is_a: 'dog' }],
  ['cat', { is_a: 'animal' }],
  ['age', { is_a: 'integer' }],
  ['numbers', { list: 'number' }],
  ['integers', { list: 'integer' }],
  ['anything', { list: 'any' }],
  ['rows', { list: { list: 'number' } }],
  ['pair', { tuple: ['string', 'number'] }],
  ['twin', { tuple: ['string', 'number'] }],
  ['nothing', { tuple: [] }],
  ['zoo', { tuple: ['animal', 'dog'] }],
  ['by_name', { mapping: ['string', 'number'] }],
  ['by_place', { mapping: ['integer', 'string'] }],
  ['point', { mapping: { x: 'number', y: 'number' } }],
  ['empty', { mapping: {} }],
  ['deep', { mapping: { p: 'point', all: { list: 'point' } } }],
  ['text_or_number', { union: ['string', 'number'] }],
  ['maybe', { union: ['string', 'null'] }],
  ['few', { union: ['text_or_number', 'null', { list: 'integer' }] }],
  ['odd_union', { union: ['string', 'string', { list: 'any' }, { list: 'any' }] }],
  ['no_union', { union: [] }],
];
const change: Partial<EntrypointSource> = typedWorkshop(types);

/** A task that takes a type is given a value. */
const takes = (type: string, value: string) => `z: {take_${type}: [${value}]}`;
/** A task that takes a type is given what another gives. */
const passes = (from: string, to: string) => `a: {give_${from}: []}\n${takes(to, '$a')}`;

const fits: readonly (readonly [string, string])[] = [
  ['string', 'text'],
  ['string', '$$text'],
  ['integer', '3'],
  ['number', '3'],
  ['number', '3.0'],
  ['boolean', 'yes'],
  ['null', 'null'],
  ['any', '[1, {a: b}]'],
  ['numbers', '[1, 2.5]'],
  ['numbers', '[]'],
  ['numbers', '[$rate, $epochs]'],
  ['anything', '[1, x, null, [2]]'],
  ['rows', '[[1], [], [2, 3.5]]'],
  ['pair', '[x, 1]'],
  ['nothing', '[]'],
  ['by_name', '{a: 1, b: 2.5}'],
  ['by_name', '{}'],
  ['point', '{x: 1, y: 2.5}'],
  ['point', '{y: 1, x: 2}'],
  ['empty', '{}'],
  ['deep', '{p: {x: 1, y: 2}, all: []}'],
  ['deep', '{all: [{x: 1, y: 2}], p: {x: 1, y: 2}}'],
  ['text_or_number', 'x'],
  ['text_or_number', '2'],
  ['maybe', '~'],
  ['few', '[1, 2]'],
  ['few', 'null'],
  ['few', '1.5'],
  ['odd_union', '[x]'],
  ['string', '$path'],
  ['number', '$epochs'],
  ['boolean', '$flag'],
  ['any', '$names'],
  ['anything', '$names'],
  ['by_name', '$art_by_name'],
  ['point', '$art_point.it'],
  ['number', '$art_integer'],
];

const doNot: readonly (readonly [string, string])[] = [
  ['string', '3'],
  ['string', '$epochs'],
  ['integer', '3.0'],
  ['integer', '$rate'],
  ['integer', 'yes'],
  ['boolean', '1'],
  ['null', 'x'],
  ['animal', 'x'],
  ['age', '3'],
  ['numbers', '[1, x]'],
  ['numbers', '3'],
  ['numbers', '{a: 1}'],
  ['integers', '[1, 2.0]'],
  ['rows', '[[1], 2]'],
  ['pair', '[x]'],
  ['pair', '[x, 1, 2]'],
  ['pair', '[1, x]'],
  ['nothing', '[1]'],
  ['by_name', '{a: x}'],
  ['by_name', '[]'],
  ['by_place', '{a: x}'],
  ['by_place', '{}'],
  ['point', '{x: 1}'],
  ['point', '{x: 1, y: 2, z: 3}'],
  ['point', '{x: 1, z: 2}'],
  ['point', '{x: 1, y: "2"}'],
  ['empty', '{a: 1}'],
  ['deep', '{p: {x: 1, y: 2}, all: [{x: 1}]}'],
  ['text_or_number', 'null'],
  ['text_or_number', 'true'],
  ['maybe', '1'],
  ['few', '[1.5]'],
  ['few', 'true'],
  ['no_union', 'null'],
  ['integers', '$names'],
  ['point', '$options'],
  ['by_name', '$art_point'],
  ['string', '$art_any'],
  ['integer', '$art_number.it'],
];

const passable: readonly (readonly [string, string])[] = [
  ['dog', 'animal'],
  ['puppy', 'animal'],
  ['puppy', 'puppy'],
  ['age', 'number'],
  ['integer', 'number'],
  ['animal', 'any'],
  ['pair', 'pair'],
  ['text_or_number', 'text_or_number'],
  ['text_or_number', 'few'],
  ['text_or_number', 'any'],
  ['maybe', 'maybe'],
  ['string', 'maybe'],
  ['integers', 'few'],
  ['age', 'text_or_number'],
  ['no_union', 'no_union'],
  ['no_union', 'any'],
];
const impassable: readonly (readonly [string, string])[] = [
  ['animal', 'dog'],
  ['cat', 'dog'],
  ['any', 'string'],
  ['any', 'anything'],
  ['any', 'few'],
  ['number', 'integer'],
  ['pair', 'twin'],
  ['integers', 'numbers'],
  ['nothing', 'numbers'],
  ['point', 'by_name'],
  ['empty', 'by_name'],
  ['few', 'text_or_number'],
  ['maybe', 'string'],
  ['text_or_number', 'maybe'],
  ['no_union', 'null'],
];

const withTypes = (more: Readonly<Record<string, JsonValue>>) => ({
  change: typedWorkshop([...types, ...Object.entries(more)]),
});
/** Types that are wrong, and taken by tasks. */
const broken: readonly (readonly [string, Readonly<Record<string, JsonValue>>])[] = [
  ['is_a of a structure', { t: { is_a: 'numbers' } }],
  ['is_a of a union', { t: { is_a: 'maybe' } }],
  ['keys of any type', { t: { mapping: ['any', 'any'] } }],
  ['keys of a subtype', { t: { mapping: ['age', 'any'] } }],
  ['keys of a structure', { t: { mapping: [{ list: 'any' }, 'any'] } }],
  ['nested keys', { t: { list: { mapping: ['number', 'any'] } } }],
  ['nested union of nothing', { t: { list: { union: [] } } }],
  ['a circle of unions', { t: { union: ['u', 'null'] }, u: { union: ['t', 'string'] } }],
];

const SPARED = 'a type that means nothing spoils only what is built from it or uses it';
const spared = (id: string, definition: JsonValue): GraphCase =>
  deliberately(
    SPARED,
    good(`unused type: ${id}`, 'a: {noop: []}', {
      types: new Map([['t', definition], ...workshop.types]),
    }),
  );
/** What static types say. */
export const typings: readonly GraphCase[] = [
  ...fits.map(([type, value]) => good(`${value} is ${type}`, takes(type, value), change)),
  ...doNot.map(([type, value]) => bad(`${value} is not ${type}`, takes(type, value), change)),
  ...passable.map(([from, to]) => good(`${from} goes as ${to}`, passes(from, to), change)),
  ...impassable.map(([from, to]) => bad(`${from} is not taken as ${to}`, passes(from, to), change)),
  good(
    'named types in literals',
    'a: {give_puppy: []}\nb: {give_dog: []}\nz: {take_zoo: [[$a, $b]]}',
    change,
  ),
  bad('a wrong one in them', 'a: {give_cat: []}\nz: {take_zoo: [[$a, $a]]}', change),
  good('by keyword', 'z: {take_numbers: {it: [1]}}', change),
  bad('wrong by keyword', 'z: {task: take_numbers, kwargs: {it: [x]}}', change),
  ...broken.map(([id, more]) => bad(id, takes('any', '1'), withTypes(more).change)),
  ...[
    spared('unknown part', { list: 'weird' }),
    spared('of itself', { list: 't' }),
    spared('two forms', { list: 'any', tuple: [] }),
    spared('text', 'any'),
    spared('keys of any type', { mapping: ['any', 'any'] }),
    spared('is_a of a structure', { is_a: 'table' }),
  ],
  deliberately(
    'the document goes to workers as JSON, whose keys are text: the engine would check another graph',
    bad('integer keys', takes('by_place', '{1: x}'), change),
  ),
];
