import type { ModelCapability } from '#contract/models.ts';
import type { ModelHeader } from '../../../platform/modelFiles/modelHeader.ts';

const TOOLS = /\btools\b/;
const THINKING = /<think>|<\/think>|enable_thinking|reasoning_content|<\|channel\|>|thinking/i;

/** What a model can do, by its metadata alone: nothing is guessed from its name. */
export function decideCapabilities(header: Pick<ModelHeader, 'kind' | 'purpose' | 'chatTemplate' | 'hasInfill' | 'hasVision'>, { hasMmproj }: { hasMmproj: boolean }): ModelCapability[] {
  const { kind, purpose, chatTemplate, hasInfill, hasVision } = header;
  if (kind !== 'model') return [];
  if (purpose === 'embeddings' || purpose === 'rerank') return [purpose];
  if (purpose !== 'text') return [];
  const has: Record<ModelCapability, boolean> = {
    chat: chatTemplate !== null, completion: true, embeddings: false, rerank: false, vision: hasMmproj || hasVision,
    tools: TOOLS.test(chatTemplate ?? ''), thinking: THINKING.test(chatTemplate ?? ''), infill: hasInfill,
  };
  return (Object.keys(has) as ModelCapability[]).filter((capability) => has[capability]);
}
