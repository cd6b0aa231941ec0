import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '#kernel/errors.ts';
import { createTurns } from '#kernel/turns.ts';

/** Only tests lower the cost. */
export type PasswordCost = { readonly logN?: number };

type Parameters = { readonly logN: number; readonly r: number; readonly p: number };
type Stored = Parameters & { readonly salt: Buffer; readonly key: Buffer };

const LOG_N = 17;
const MAX_LOG_N = 18;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const MAX_LENGTH = 1024;
const AT_ONCE = 2;
const MAX_WAITING = 64;
const STORED =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** Each derivation takes 128 MB. */
const inTurn = createTurns(AT_ONCE, MAX_WAITING, 'Too many sign-ins at once; try again.');

const derive = (password: string, salt: Buffer, { logN, r, p }: Parameters): Promise<Buffer> =>
  inTurn(() => {
    const N = 2 ** logN;
    const maxmem = 128 * r * (N + p + 2);
    // Keyboards compose accents differently; NFKC makes the same password the same bytes.
    return scryptAsync(password.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem });
  });

const parametersOf = (cost: PasswordCost): Parameters => ({
  logN: cost.logN ?? LOG_N,
  r: BLOCK_SIZE,
  p: PARALLEL,
});

/** 1 to 1,024 code points of well-formed Unicode; no NUL at the end, since the hash takes `x` and `x\0` for one. */
function isAcceptable(password: string): boolean {
  if (password === '' || password.length > 2 * MAX_LENGTH) return false;
  if (!password.isWellFormed() || password.endsWith('\0')) return false;
  return password.length <= MAX_LENGTH || [...password].length <= MAX_LENGTH;
}

function parseStored(stored: string): Stored | undefined {
  const [, logN, r, p, salt, key] = STORED.exec(stored) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const parsed = {
    logN: Number(logN),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
  const bounded = parsed.logN >= 1 && parsed.logN <= MAX_LOG_N && parsed.p >= 1;
  return bounded && parsed.r === BLOCK_SIZE ? parsed : undefined;
}

/** A new hash, with its salt and parameters, to be stored. */
export async function hashPassword(password: string, cost: PasswordCost = {}): Promise<string> {
  if (!isAcceptable(password)) {
    throw invalid(
      'password',
      `A password has 1 to ${MAX_LENGTH} characters of valid Unicode, none of them a NUL at its end.`,
    );
  }
  const parameters = parametersOf(cost);
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, parameters);
  const settings = `ln=${parameters.logN},r=${parameters.r},p=${parameters.p}`;
  return `$scrypt$${settings}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Whether `password` is the one behind `stored`; false, too, when `stored` cannot be read. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  if (!isAcceptable(password)) return false;
  const parsed = parseStored(stored);
  if (parsed === undefined) return dummyVerify(password);
  return timingSafeEqual(await derive(password, parsed.salt, parsed), parsed.key);
}

/** Takes as long as {@link verifyPassword} and is false: for users that do not exist. */
export async function dummyVerify(password: string, cost: PasswordCost = {}): Promise<false> {
  if (isAcceptable(password)) await derive(password, Buffer.alloc(SALT_BYTES), parametersOf(cost));
  return false;
}

/** Whether `stored` was made at a lower cost than new hashes are. */
export function needsRehash(stored: string, cost: PasswordCost = {}): boolean {
  const parsed = parseStored(stored);
  return parsed === undefined || parsed.logN < parametersOf(cost).logN;
}
