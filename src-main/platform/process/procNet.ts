/** A listening socket as `/proc/net/tcp` and `tcp6` show it. */
export interface ListeningSocket {
  readonly port: number;
  readonly address: string;
  readonly inode: string;
}

const LISTEN_STATE = '0A';

/** Parses the listening sockets of one port out of `/proc/net/tcp` or `tcp6`. Does not throw; other lines are passed over. */
export function parseListeningSockets(text: string, port: number): ListeningSocket[] {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets: ListeningSocket[] = [];
  for (const line of text.split('\n')) {
    if (!line.includes(hexPort)) continue;
    const cells = line.trim().split(/\s+/);
    const [, local = '', , state] = cells;
    const inode = cells[9];
    if (state !== LISTEN_STATE || inode === undefined || !local.endsWith(hexPort)) continue;
    sockets.push({ port, address: toAddress(local.slice(0, -hexPort.length)), inode });
  }
  return sockets;
}

/** The kernel prints each 32-bit word of the address in host order: little-endian on all that Node runs on. */
function toAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((pair) => parseInt(pair, 16)));
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0)).toString(16));
  return compressZeros(groups.join(':'));
}

function compressZeros(address: string): string {
  const runs = [...address.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run).sort((left, right) => right.length - left.length);
  const longest = runs[0];
  return longest === undefined ? address : address.replace(longest, '::').replace(/:{3,}/g, '::');
}
