/** A client and how it is told where Wheelhouse answers. */
export interface Snippet { id: string; title: string; language: string; text: string }

interface Facts { base: string; model: string; key: string }

/** What to paste into each client. `base` is the address without `/v1`; a key stands where the client insists on one. */
export function toSnippets({ base, model, key }: Facts): Snippet[] {
  const v1 = `${base}/v1`;
  const snippet = (id: string, title: string, language: string, lines: readonly string[]): Snippet => ({ id, title, language, text: lines.join('\n') });
  return [
    snippet('curl', 'curl', 'bash', [`curl ${v1}/chat/completions \\`, `  -H "Authorization: Bearer ${key}" \\`, '  -H "Content-Type: application/json" \\', `  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })}'`]),
    snippet('openai-python', 'openai (Python)', 'python', ['from openai import OpenAI', '', `client = OpenAI(base_url="${v1}", api_key="${key}")`, 'answer = client.chat.completions.create(', `    model="${model}",`, '    messages=[{"role": "user", "content": "Hello"}],', ')', 'print(answer.choices[0].message.content)']),
    snippet('openai-node', 'openai (Node)', 'typescript', ["import OpenAI from 'openai';", '', `const client = new OpenAI({ baseURL: '${v1}', apiKey: '${key}' });`, 'const answer = await client.chat.completions.create({', `  model: '${model}',`, "  messages: [{ role: 'user', content: 'Hello' }],", '});', 'console.log(answer.choices[0].message.content);']),
    snippet('langchain', 'LangChain', 'python', ['from langchain_openai import ChatOpenAI', '', `llm = ChatOpenAI(base_url="${v1}", api_key="${key}", model="${model}")`, 'print(llm.invoke("Hello").content)']),
    snippet('continue', 'Continue', 'yaml', ['# ~/.continue/config.yaml', 'models:', `  - name: ${model}`, '    provider: openai', `    model: ${model}`, `    apiBase: ${v1}`, `    apiKey: ${key}`, '    roles: [chat, edit, autocomplete]']),
    snippet('aider', 'Aider', 'bash', [`export OPENAI_API_BASE=${v1}`, `export OPENAI_API_KEY=${key}`, `aider --model openai/${model}`]),
    snippet('open-webui', 'Open WebUI', 'bash', [`OPENAI_API_BASE_URL=${v1}`, `OPENAI_API_KEY=${key}`, 'open-webui serve']),
    snippet('claude', 'Claude-type agents', 'bash', [`export ANTHROPIC_BASE_URL=${base}`, `export ANTHROPIC_AUTH_TOKEN=${key}`, `export ANTHROPIC_MODEL=${model}`]),
    snippet('codex', 'Codex-type agents', 'toml', ['# ~/.codex/config.toml', `model = "${model}"`, 'model_provider = "wheelhouse"', '', '[model_providers.wheelhouse]', 'name = "Wheelhouse"', `base_url = "${v1}"`, 'wire_api = "responses"', 'env_key = "WHEELHOUSE_KEY"']),
    snippet('ollama', 'Ollama clients', 'bash', [`export OLLAMA_HOST=${base}`, `ollama run ${model}`]),
  ];
}
