import { toChatPrompt } from './chatRoute.ts';
import type { Exchange } from './exchange.ts';
import { readContextTokens, type LoadedModel } from './loadedModel.ts';
import { detokenizeRequest, parseRequest, templateRequest, tokenizeRequest } from './requests.ts';
import { requireShort } from './textLength.ts';
import { toTokens } from './tokenInput.ts';

/** A text need not fit to be counted, but counting a longer one takes too long. */
const MOST_COUNTED_TOKENS = 262_144;

function readCountedTokens(loaded: LoadedModel): number {
  return Math.max(MOST_COUNTED_TOKENS, readContextTokens(loaded));
}

/** `POST /tokenize` */
export async function answerTokenize(loaded: LoadedModel, exchange: Exchange): Promise<void> {
  const request = parseRequest(tokenizeRequest, await exchange.readJson());
  const { model } = loaded;
  await requireShort(request.content, { model, contextTokens: readCountedTokens(loaded), signal: exchange.signal });
  const { bos, shouldPrependBosToken } = model.tokens;
  const begin = request.add_special && shouldPrependBosToken && bos !== null ? [bos] : [];
  const tokens = [...begin, ...model.tokenize(request.content, request.parse_special)];
  exchange.answer({ tokens: request.with_pieces ? tokens.map((id) => ({ id, piece: model.detokenize([id], true) })) : tokens });
}

/** `POST /detokenize` */
export async function answerDetokenize({ model }: LoadedModel, exchange: Exchange): Promise<void> {
  const { tokens } = parseRequest(detokenizeRequest, await exchange.readJson());
  exchange.answer({ content: model.detokenize(toTokens(model, tokens), true) });
}

/** `POST /apply-template`: the first half of counting a chat, so it need not fit either. */
export async function answerTemplate(loaded: LoadedModel, exchange: Exchange): Promise<void> {
  const { tokens } = await toChatPrompt(loaded, parseRequest(templateRequest, await exchange.readJson()), { contextTokens: readCountedTokens(loaded), signal: exchange.signal });
  exchange.answer({ prompt: loaded.model.detokenize(tokens, true), n_tokens: tokens.length });
}

/** `GET /props`. `n_ctx` counts per slot. */
export async function answerProps({ model, config, generation, ranking }: LoadedModel, exchange: Exchange): Promise<void> {
  exchange.answer({
    default_generation_settings: { n_ctx: readContextTokens({ generation, config }) },
    total_slots: config.slots, model_alias: config.name, model_path: config.modelPath,
    chat_template: config.chatTemplate ?? model.fileInfo.metadata.tokenizer.chat_template ?? null,
    bos_token: model.tokens.bosString, eos_token: model.tokens.eosString,
    modalities: { vision: false, audio: false }, can_rerank: ranking !== null, can_fill_gaps: model.tokens.infill.prefix !== null,
    n_ctx_train: model.trainContextSize, n_embd: model.embeddingVectorSize, n_gpu_layers: model.gpuLayers, n_layers: model.fileInsights.totalLayers,
    description: model.typeDescription, size: model.size,
  });
}

/** `GET /slots` */
export async function answerSlots({ generation }: LoadedModel, exchange: Exchange): Promise<void> {
  const slots = generation?.slots.list() ?? [];
  exchange.answer(slots.map(({ index, isBusy, contextTokens, usedTokens }) => ({ id: index, n_ctx: contextTokens, is_processing: isBusy, n_past: usedTokens })));
}

/** `GET /v1/models` */
export async function answerModels({ config }: LoadedModel, exchange: Exchange): Promise<void> {
  exchange.answer({ object: 'list', data: [{ id: config.name, object: 'model', created: 0, owned_by: 'wheelhouse' }] });
}
