/** Where a piece of text belongs; the window has the words. */
export type SnippetPlace = 'shell' | 'program' | 'continueConfig' | 'codexTop' | 'codexTable';
export interface SnippetBlock { place: SnippetPlace; text: string }

/** A client and how it is told where Wheelhouse answers. `isAgent`: it sends long prompts with its tools in them. */
export interface Snippet { id: string; title: string; blocks: readonly SnippetBlock[]; isAgent?: true; hasNote?: true }

/** `base` is the address without `/v1`; a key stands where the client insists on one; `contextTokens` counts for one answer. */
export interface SnippetFacts { base: string; model: string; key: string; contextTokens: number; canInfill: boolean }

/** The least context with which agents are of use: their instructions and tools alone take more than half of it. */
export const AGENT_CONTEXT_TOKENS = 32_768;

const CODEX_PROVIDER = 'wheelhouse';

/** What to paste into each client. */
export function toSnippets(facts: SnippetFacts): Snippet[] {
  const { base, model, key } = facts;
  const v1 = `${base}/v1`;
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return [
    { id: 'curl', title: 'curl', blocks: [shell(`curl ${v1}/chat/completions \\`, `  -H "Authorization: Bearer ${key}" \\`, '  -H "Content-Type: application/json" \\', `  -d '${body}'`)] },
    { id: 'openai-python', title: 'openai (Python)', blocks: [program('from openai import OpenAI', '', `client = OpenAI(base_url="${v1}", api_key="${key}")`, 'answer = client.chat.completions.create(', `    model="${model}",`, '    messages=[{"role": "user", "content": "Hello"}],', ')', 'print(answer.choices[0].message.content)')] },
    { id: 'openai-node', title: 'openai (Node)', blocks: [program("import OpenAI from 'openai';", '', `const client = new OpenAI({ baseURL: '${v1}', apiKey: '${key}' });`, 'const answer = await client.chat.completions.create({', `  model: '${model}',`, "  messages: [{ role: 'user', content: 'Hello' }],", '});', 'console.log(answer.choices[0].message.content);')] },
    { id: 'langchain', title: 'LangChain', blocks: [program('from langchain_openai import ChatOpenAI', '', `llm = ChatOpenAI(base_url="${v1}", api_key="${key}", model="${model}")`, 'print(llm.invoke("Hello").content)')] },
    { id: 'continue', title: 'Continue', blocks: [{ place: 'continueConfig', text: toContinueConfig(facts) }] },
    { id: 'aider', title: 'Aider', blocks: [shell(`export OPENAI_API_BASE=${v1}`, `export OPENAI_API_KEY=${key}`, `aider --model openai/${model}`)] },
    { id: 'open-webui', title: 'Open WebUI', hasNote: true, blocks: [shell(`export OPENAI_API_BASE_URL=${v1}`, `export OPENAI_API_KEY=${key}`, 'open-webui serve')] },
    { id: 'claude', title: 'Claude-type agents', isAgent: true, blocks: [shell(...toClaudeLines(facts))] },
    { id: 'codex', title: 'Codex-type agents', isAgent: true, blocks: toCodexBlocks(facts) },
    { id: 'ollama', title: 'Ollama clients', blocks: [shell(`export OLLAMA_HOST=${base}`, `ollama run ${model}`)] },
  ];
}

function shell(...lines: readonly string[]): SnippetBlock {
  return { place: 'shell', text: lines.join('\n') };
}

function program(...lines: readonly string[]): SnippetBlock {
  return { place: 'program', text: lines.join('\n') };
}

/** Completion in the editor asks for plain text, which is a model entry of its own there. Source: docs.continue.dev/reference. */
function toContinueConfig({ base, model, key, canInfill }: SnippetFacts): string {
  const entry = (name: string, ...lines: readonly string[]): string[] => [`  - name: ${JSON.stringify(name)}`, '    provider: openai', `    model: ${JSON.stringify(model)}`, `    apiBase: ${base}/v1`, `    apiKey: ${key}`, ...lines];
  const infill = canInfill ? entry(`${model} (completion)`, '    useLegacyCompletionsEndpoint: true', '    roles: [autocomplete]') : [];
  return ['name: Wheelhouse', 'version: 1.0.0', 'schema: v1', 'models:', ...entry(model, '    roles: [chat, edit, apply]'), ...infill].join('\n');
}

/** Each size of model that such an agent may ask for stands for the one model. Source: code.claude.com/docs/en/env-vars. */
function toClaudeLines({ base, model, key }: SnippetFacts): string[] {
  const names = ['ANTHROPIC_MODEL', 'ANTHROPIC_DEFAULT_OPUS_MODEL', 'ANTHROPIC_DEFAULT_SONNET_MODEL', 'ANTHROPIC_DEFAULT_HAIKU_MODEL'];
  return [`export ANTHROPIC_BASE_URL=${base}`, `export ANTHROPIC_AUTH_TOKEN=${key}`, ...names.map((name) => `export ${name}=${model}`), 'claude'];
}

/** Keys of the file itself end where its first table begins, so they are a block of their own. Source: developers.openai.com/codex/config-sample. */
function toCodexBlocks({ base, model, key, contextTokens }: SnippetFacts): SnippetBlock[] {
  return [
    { place: 'codexTop', text: [`model = "${model}"`, `model_provider = "${CODEX_PROVIDER}"`, `model_context_window = ${contextTokens}`].join('\n') },
    { place: 'codexTable', text: [`[model_providers.${CODEX_PROVIDER}]`, 'name = "Wheelhouse"', `base_url = "${base}/v1"`, 'wire_api = "responses"', 'env_key = "WHEELHOUSE_KEY"'].join('\n') },
    shell(`export WHEELHOUSE_KEY=${key}`, 'codex'),
  ];
}

/** The address to give to clients: the window's own where it came over the network, else the one the backend names. */
export function chooseBase({ protocol, hostname, origin }: Pick<Location, 'protocol' | 'hostname' | 'origin'>, address: string | null): string {
  const isLoopback = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && (!isLoopback || address === null) ? origin : address ?? 'http://127.0.0.1:8337';
}
