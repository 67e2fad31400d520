import { useState } from 'react';
import { useApp } from '../../app/appContext.tsx';
import type { App } from '../../app/appContext.tsx';

/** What is being written and not saved yet; `baseSha256` is the custom file that it began from, null when there was none. */
export interface Draft { stem: string; text: string; baseSha256: string | null }

const draftsByApp = new WeakMap<App, Map<string, Draft>>();

function draftsOf(app: App): Map<string, Draft> {
  const existing = draftsByApp.get(app) ?? new Map<string, Draft>();
  draftsByApp.set(app, existing);
  return existing;
}

/** The draft of one blueprint, kept while one looks elsewhere in the window, until it is saved or discarded. */
export function useDraft(id: string): [Draft | null, (draft: Draft | null) => void] {
  const drafts = draftsOf(useApp());
  const [draft, setDraft] = useState(() => drafts.get(id) ?? null);
  const keep = (next: Draft | null): void => {
    if (next === null) drafts.delete(id);
    else drafts.set(id, next);
    setDraft(next);
  };
  return [draft, keep];
}

/** What a new blueprint begins with: the smallest header and both verbs. */
export const NEW_SCRIPT = `#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = New app
# description = What it is, in a sentence.
# kind = webui
# env.type = uv
# env.python = 3.12
# ready.type = http
# verbs = install, run
### END ###
. "\${WHEELHOUSE_BLUEPRINT_LIB:-$(dirname "$0")/lib}/instance.sh" || exit 1

install() {
  wh_stage app 1 1 'App'
}

run() {
  exec python3 -u -m http.server "$WEBUI_PORT" --bind "$WEBUI_HOST"
}

wh_main "$@"
`;
