import type { SamplingRequest } from './requests.ts';

/** llama-server's defaults, so that a model answers alike in both engines. */
const defaults = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 };

export interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed: number;
}

/** Each of several answers gets a seed of its own; without one in the request they are drawn by chance. */
export function toSampling(request: SamplingRequest, choice: number): Sampling {
  return {
    temperature: request.temperature ?? defaults.temperature,
    topK: Math.max(0, request.top_k ?? defaults.topK),
    topP: request.top_p ?? defaults.topP,
    minP: request.min_p ?? defaults.minP,
    seed: request.seed === null || request.seed === undefined || request.seed < 0 ? Math.floor(Math.random() * 0xffff_ffff) : (request.seed + choice) >>> 0,
  };
}

/** Penalties on repeated tokens; null when the request asks for none. */
export function toPenalties(request: SamplingRequest): { penalty: number; frequencyPenalty: number; presencePenalty: number } | null {
  const penalty = request.repeat_penalty ?? 1;
  const frequencyPenalty = request.frequency_penalty ?? 0;
  const presencePenalty = request.presence_penalty ?? 0;
  return penalty === 1 && frequencyPenalty === 0 && presencePenalty === 0 ? null : { penalty: penalty || 1, frequencyPenalty, presencePenalty };
}
