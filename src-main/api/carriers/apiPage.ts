import type { OpenAPIGenerator } from '@orpc/openapi';

export type ApiDocument = Awaited<ReturnType<OpenAPIGenerator['generate']>>;

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; } td { padding: .25rem .6rem .25rem 0; border-top: 1px solid color-mix(in srgb, currentColor 15%, transparent); vertical-align: top; }
td:first-child { width: 5rem; font-weight: 600; } td:nth-child(2) { width: 24rem; } code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { padding: .6rem; overflow: auto; border: 1px solid color-mix(in srgb, currentColor 15%, transparent); }`;

/** A page for people: every call with its path and one line, by noun. No script in it. */
export function renderApiPage(document: ApiDocument): string {
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, item]) => Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, ...readOperation(operation) })));
  const tags = [...new Set(rows.map(({ tag }) => tag))];
  const sections = tags.map((tag) => `<h2>${escape(tag)}</h2><table>${rows.filter((row) => row.tag === tag).map(renderRow).join('')}</table>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Wheelhouse API</title><style>${STYLE}</style></head><body>
<h1>Wheelhouse API ${escape(document.info.version)}</h1>
<p>Every call takes the token of <code>run/token</code> in the data folder. The whole description for programs: <a href="/api/openapi.json">openapi.json</a>.</p>
<pre>curl -H "Authorization: Bearer $(cat "$WHEELHOUSE_HOME/run/token")" http://127.0.0.1:8337/api/instances</pre>
${sections.join('')}</body></html>`;
}

function readOperation(operation: unknown): { tag: string; summary: string } {
  if (typeof operation !== 'object' || operation === null) return { tag: '', summary: '' };
  const tags: unknown = 'tags' in operation ? operation.tags : [];
  const summary = 'summary' in operation && typeof operation.summary === 'string' ? operation.summary : '';
  return { tag: Array.isArray(tags) ? String(tags[0] ?? '') : '', summary };
}

function renderRow({ method, path, summary }: { method: string; path: string; summary: string }): string {
  return `<tr><td>${escape(method.toUpperCase())}</td><td><code>/api${escape(path)}</code></td><td>${escape(summary)}</td></tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
