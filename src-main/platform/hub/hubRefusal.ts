import { AppError } from '#contract/errors.ts';

/** What a refusal of the hub says, apart from its body, which is never shown. */
export interface HubRefusal { status: number; code: string | null; hasToken: boolean; repo: string; request: string }

const missing = new Set(['RepoNotFound', 'RevisionNotFound', 'EntryNotFound']);

/**
 * The declared error for a refusal that trying again does not change.
 *
 * Source: the codes as PyPI huggingface_hub 2.4.0 reads them (`utils/_http.py`, `hf_raise_for_status`); without a token the
 * hub answers 401 both for what is private and for what is not there.
 */
export function toHubError(refusal: HubRefusal): AppError {
  const { status, code, hasToken, repo } = refusal;
  if (code === 'GatedRepo' && status === 403) return gated(refusal, 'needs_terms');
  if (missing.has(code ?? '') || status === 404) return new AppError('hub.not_found', 'not on the hub', { repo });
  if (code === 'GatedRepo' || status === 401 || status === 403) return gated(refusal, hasToken ? 'token_refused' : 'needs_token');
  return new AppError('hub.protocol', 'the hub refused', { what: `${status} for ${refusal.request}` });
}

function gated({ repo }: HubRefusal, state: 'needs_token' | 'needs_terms' | 'token_refused'): AppError {
  return new AppError('hub.gated', 'the hub keeps it behind a gate', { repo, state });
}
