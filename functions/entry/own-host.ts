/**
 * Whether a Host header names this machine in a way that DNS cannot give to anybody else. A page
 * under another name that leads here is foreign, however much its origin equals the host.
 */
export function isOwnHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const isName = name === 'localhost' || name.endsWith('.localhost');
  return isName || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
