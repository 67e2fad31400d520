/** What errors about models, the hub and the port say on the command line. */
export const MODEL_SENTENCES: Record<string, (data: Record<string, unknown>) => string> = {
  'model.not_found': ({ model }) => `There is no model "${show(model)}". "wheelhouse model list" shows them.`,
  'model.name_taken': ({ name, holder }) => `"${show(name)}" already stands for ${show(holder)}.`,
  'model.role_not_found': ({ role }) => `There is no role "${show(role)}".`,
  'model.no_way_back': ({ role }) => `"${show(role)}" has pointed to one version only.`,
  'model.in_use': ({ reference, users }) => `${show(reference)} is named by ${show(users)}. Use --force to remove it all the same.`,
  'model.unreadable': ({ path, reason }) => `${show(path)} cannot be read as a model: ${show(reason)}.`,
  'model.path_not_found': ({ path }) => `There is nothing at ${show(path)}.`,
  'model.pickle_refused': ({ path, findings }) => `${show(path)} could run code when it is loaded (${show(findings)}). Use a safetensors version, or --accept-pickle if you trust it.`,
  'disk.full': ({ path, neededBytes, freeBytes }) => `Not enough room at ${show(path)}: ${show(neededBytes)} bytes are needed and ${show(freeBytes)} are free.`,
  'hub.unreachable': ({ endpoint, reason }) => `${show(endpoint)} does not answer (${show(reason)}).`,
  'hub.not_found': ({ repo }) => `The hub has no ${show(repo)}, or it is private and needs HF_TOKEN.`,
  'hub.gated': ({ repo, state }) => `${show(repo)} is gated (${show(state)}): accept its terms on its page and set HF_TOKEN.`,
  'hub.rate_limited': ({ retryAfterMs }) => `The hub asks to slow down; try again in ${Math.ceil(Number(retryAfterMs) / 1_000)} s.`,
  'hub.protocol': ({ what }) => `The hub gave an answer that is not understood: ${show(what)}.`,
  'download.nothing_selected': ({ repo, wanted, labels }) => `${show(repo)} has no ${show(wanted)}. It has: ${show(labels)}.`,
  'config.not_found': ({ config }) => `There is no model configuration "${show(config)}".`,
  'lease.insufficient_vram': ({ model, neededBytes, freeBytes, holders }) => `Not enough memory for ${show(model)}: ${show(neededBytes)} bytes are needed, ${show(freeBytes)} are free${Array.isArray(holders) && holders.length > 0 ? `, held by ${show(holders)}` : ''}.`,
  'serving.model_not_found': ({ model }) => `No model answers to "${show(model)}". "wheelhouse model list" shows them.`,
  'serving.load_failed': ({ model, failure, detail }) => `${show(model)} could not be loaded (${show(failure)}): ${show(detail)}`,
  'key.not_found': ({ key }) => `There is no key "${show(key)}". "wheelhouse key list" shows them.`,
  'key.name_taken': ({ name }) => `There is already a key called "${show(name)}".`,
  'conversation.no_model': ({ model }) => `There is no model "${show(model)}" to ask. "wheelhouse model list" shows them.`,
};

export function show(value: unknown): string {
  return Array.isArray(value) ? value.join('; ') : String(value);
}
