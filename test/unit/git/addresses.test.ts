import { describe, expect, it } from 'vitest';
import { checkedAddresses, isPublicAddress } from '#git/addresses.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::ffff:0:8.8.8.8',
    '64:ff9b::10.0.0.1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:10::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2606:4700::1%1',
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '8.8.8.8 ',
  ])('that is not public: "%s"', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '140.82.121.3',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2001:200::1',
    '2606:50c0:8000::153',
    '2a04:4e42::347',
  ])('that is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('the addresses of a host', () => {
  const answering =
    (...addresses: readonly string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  it('are those that its name has', async () => {
    const resolve = answering('8.8.8.8', '2606:50c0:8000::153');

    const addresses = await checkedAddresses('git.test', resolve, isPublicAddress);

    expect(addresses).toEqual(await resolve());
  });

  it.each([
    ['none', []],
    ['a private one behind a public one', ['8.8.8.8', '10.0.0.1']],
    ['a private one before a public one', ['169.254.169.254', '8.8.8.8']],
    ['a mapped one', ['8.8.8.8', '::ffff:10.0.0.1']],
    ['a public one and a local one of IPv6', ['8.8.8.8', 'fd00:ec2::254']],
  ])('are refused all when there is %s', async (_, addresses) => {
    const looking = checkedAddresses('git.test', answering(...addresses), isPublicAddress);

    await expect(looking).rejects.toThrow(RepositoryRefused);
  });

  it.each(['127.0.0.1', '8.8.8.8', '[::1]', '[2606:50c0:8000::153]'])(
    'are no names: %s',
    async (host) => {
      const looking = checkedAddresses(host, answering('8.8.8.8'), isPublicAddress);

      await expect(looking).rejects.toThrow(/by name/);
    },
  );
});
