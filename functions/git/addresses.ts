import type { LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { RepositoryRefused } from '#kernel/repositories.ts';

/** IPv4 that leads to no public host, after IANA's registry of special purposes. */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Where virtual machines of Azure find their platform.
  ['168.63.129.16', 32],
];

/** All of IPv6 that is global; mapped, NAT64, local and multicast addresses lie outside. */
const GLOBAL_V6: readonly (readonly [string, number])[] = [['2000::', 3]];

/** What of it leads elsewhere: Teredo and its like, documentation, 6to4. */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

function listOf(
  subnets: readonly (readonly [string, number])[],
  family: 'ipv4' | 'ipv6',
): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

const specialV4 = listOf(SPECIAL_V4, 'ipv4');
const globalV6 = listOf(GLOBAL_V6, 'ipv6');
const specialV6 = listOf(SPECIAL_V6, 'ipv6');

/** Whether an address belongs to a host of the public internet, as far as addresses tell. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !specialV4.check(address, 'ipv4');
  // A zone makes sense on a link only.
  if (family !== 6 || address.includes('%')) return false;
  return globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/**
 * The addresses of a host, each of them checked: one that is not public spoils them all.
 * Whoever connects must use these, since a second look may find others.
 */
export async function checkedAddresses(
  host: string,
  resolve: Resolve,
  isPublic: (address: string) => boolean,
): Promise<readonly LookupAddress[]> {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) {
    throw new RepositoryRefused('its host must be given by name');
  }
  const addresses = await resolve(host);
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublic(address))) {
    throw new RepositoryRefused('its host has an address that is not public');
  }
  return addresses;
}
