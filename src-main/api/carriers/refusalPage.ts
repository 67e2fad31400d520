import type { ServerResponse } from 'node:http';
import { setSecurityHeaders } from './windowFiles.ts';

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.6 system-ui, sans-serif; }
body { max-width: 36rem; margin: 15vh auto 0; padding: 0 1.5rem; } h1 { font-size: 1.3rem; }
pre { padding: .7rem 1rem; overflow: auto; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 4px; font: 13px/1.5 ui-monospace, monospace; }
p.more { opacity: .75; }`;

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Wheelhouse needs a new address</title><style>${STYLE}</style></head><body><main>
<h1>This browser needs a new address</h1>
<p>Wheelhouse runs here, but it does not know this browser: the address has no key, or its key was used before. A key opens the window once.</p>
<p>On the machine where Wheelhouse runs, in its folder, run:</p>
<pre>node scripts/wheelhouse.mjs status --link</pre>
<p>Then open the address that it prints.</p>
<p class="more">If you started it with <code>--home</code>, give the same folder here. Scripts send the token of <code>run/token</code> in the data folder.</p>
</main></body></html>`;

/** Says to a person how to be let in. No script in it. */
export function sendRefusalPage(response: ServerResponse, status: number): void {
  setSecurityHeaders(response);
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(PAGE);
}
