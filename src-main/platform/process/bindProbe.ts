import { createServer } from 'node:net';

/** Whether a port can be had, and what spoke against it. */
export type BindResult = { readonly canBind: true } | { readonly canBind: false; readonly address: string; readonly code: string };

const ADDRESSES = ['127.0.0.1', '::1', '0.0.0.0', '::'];
/** A machine without IPv6, or without that address, is no reason against the port. */
const NOT_OFFERED = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Tries to listen on the port, on loopback and on every address, IPv4 and IPv6, one after the other.
 *
 * Errors: does not throw; a privileged or taken port comes back with the system's code. Timing: holds nothing once resolved.
 */
export async function probeBind(port: number): Promise<BindResult> {
  for (const address of ADDRESSES) {
    const code = await tryListen(port, address);
    if (code !== null && !NOT_OFFERED.has(code)) return { canBind: false, address, code };
  }
  return { canBind: true };
}

function tryListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? error.message); });
    server.listen({ port, host, exclusive: true, ipv6Only: host.includes(':') }, () => { server.close(() => { resolve(null); }); });
  });
}
