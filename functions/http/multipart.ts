import {
  MaxFileSizeExceededError,
  MaxPartsExceededError,
  MultipartParseError,
  MultipartParser,
  type MultipartPart,
} from '@remix-run/multipart-parser';
import { AppError, tooManyBytes } from '#kernel/errors.ts';
import { bodyChunks } from './body.ts';
import type { Dialect } from './dialect.ts';
import type { FormLimits, UploadedFile } from './form.ts';

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_TEXT_BYTES = 64 * 1024;
/** Of what is no file. */
const MAX_TEXTS = 100;

/** The body is no form, or none that this route reads; the message says why. */
export class FormRefused extends Error {
  override readonly name = 'FormRefused';
}

const tooLarge = (what: string): AppError => new AppError('too_large', `The body ${what}.`);
const larger = (maxBytes: number): AppError =>
  tooManyBytes(`The body is larger than ${maxBytes} bytes.`);

/** What separates the parts, by the rules of RFC 2046. */
function boundaryOf(request: Request): string {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new FormRefused('The body must be multipart/form-data.');
  }
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(type) ?? [];
  const boundary = quoted ?? plain ?? '';
  if (!/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)) {
    throw new FormRefused('The content type names no valid boundary.');
  }
  return boundary;
}

/** Whether the last boundary was seen; the parser has no other way to ask. */
function isOver(parser: MultipartParser): boolean {
  try {
    parser.finish();
    return true;
  } catch {
    return false;
  }
}

async function* partsOf(request: Request, limits: FormLimits): AsyncGenerator<MultipartPart> {
  const { maxBytes, maxFileBytes: maxFileSize, maxParts } = limits;
  const options = { maxHeaderSize: MAX_HEADER_BYTES, maxFileSize, maxParts };
  const parser = new MultipartParser(boundaryOf(request), { ...options, maxTotalSize: maxBytes });
  if (Number(request.headers.get('content-length')) > maxBytes) {
    throw larger(maxBytes);
  }
  let size = 0;
  for await (const chunk of bodyChunks(request)) {
    size += chunk.byteLength;
    if (size > maxBytes) throw larger(maxBytes);
    // What comes after the end is nobody's, but the parser would take it for a fault.
    if (isOver(parser)) return;
    yield* parser.write(chunk);
  }
  parser.finish();
}

type Values = Map<string, (string | UploadedFile)[]>;

function contentOf(
  part: MultipartPart,
  name: string,
  { files }: FormLimits,
): string | UploadedFile {
  if (Object.hasOwn(files, name)) {
    return { filename: part.filename ?? '', bytes: part.bytes };
  }
  if (part.size > MAX_TEXT_BYTES) throw tooLarge('has a field that is too long');
  return part.text;
}

async function readValues(request: Request, limits: FormLimits): Promise<Values> {
  const values: Values = new Map();
  let texts = 0;
  for await (const part of partsOf(request, limits)) {
    const { name } = part;
    if (name === undefined || name === '') throw new FormRefused('A part has no name.');
    if (!Object.hasOwn(limits.files, name)) texts += 1;
    if (texts > MAX_TEXTS) throw new FormRefused(`There are more than ${MAX_TEXTS} fields.`);
    const list = values.get(name) ?? [];
    list.push(contentOf(part, name, limits));
    values.set(name, list);
  }
  return values;
}

/**
 * The fields of a form by name: a text, a file, or a list where a field that takes many is there
 * or another is repeated. Nothing beyond the limits is kept in memory. Throws `FormRefused`,
 * `too_large`.
 */
export async function readForm(request: Request, limits: FormLimits): Promise<unknown> {
  try {
    const entries = [...(await readValues(request, limits))].map(([name, values]) => {
      const isMany = limits.files[name] === 'many' || values.length > 1;
      return [name, isMany ? values : values[0]];
    });
    return Object.fromEntries(entries);
  } catch (error) {
    if (error instanceof MaxPartsExceededError)
      throw tooLarge(`has more than ${limits.maxParts} parts`);
    if (error instanceof MaxFileSizeExceededError) {
      throw tooManyBytes(`The body has a part of more than ${limits.maxFileBytes} bytes.`);
    }
    if (error instanceof MultipartParseError || error instanceof TypeError) {
      throw new FormRefused('The body is no valid form.');
    }
    throw error;
  }
}

/** The same for a route, with refusals in the words of its dialect. */
export async function readFields(
  limits: FormLimits,
  request: Request,
  dialect: Pick<Dialect, 'invalidInput'>,
): Promise<unknown> {
  try {
    return await readForm(request, limits);
  } catch (error) {
    if (!(error instanceof FormRefused)) throw error;
    const { message } = error;
    throw dialect.invalidInput('body', [{ code: 'custom', path: [], message, input: undefined }]);
  }
}
