import { LlamaText, SpecialTokensText, type ChatWrapper, type ChatWrapperGeneratedContextState } from 'node-llama-cpp';

/** How a model writes a call of a tool: `prefix` name `betweenNameAndArguments` arguments `suffix`. */
export interface CallFormat {
  /** What a call begins with before anything that differs from call to call, such as `<tool_call>`. */
  readonly open: string;
  /** What ends one; empty where only the end of the answer does. */
  readonly close: string;
  readonly prefix: string;
  readonly betweenNameAndArguments: string;
  readonly suffix: string;
}

/** How a model writes what is not plain answer. */
export interface ChatFormat {
  readonly thought: { readonly open: string; readonly close: string };
  readonly call: CallFormat;
}

/** Most models that think write these marks, also where the template does not show them. */
const usualThought = { open: '<think>', close: '</think>' };

/** Reads the marks from a wrapper's settings. */
export function toChatFormat({ settings }: ChatWrapper): ChatFormat {
  const { thought } = settings.segments ?? {};
  const open = toMark(thought?.prefix).trim();
  const close = toMark(thought?.suffix).trim();
  const { prefix, paramsPrefix, suffix } = settings.functions.call;
  const section = toMark(settings.functions.parallelism?.call.sectionPrefix);
  const fullPrefix = section + toMark(prefix);
  return {
    thought: close === '' ? usualThought : { open: open === '' ? usualThought.open : open, close },
    call: {
      open: toOpening(fullPrefix), close: toMark(suffix).replace(/^[\s\]})"']*/, '').trim(),
      prefix: fullPrefix, betweenNameAndArguments: toMark(paramsPrefix), suffix: toMark(suffix),
    },
  };
}

/** A tag or word before the first brace tells calls from other JSON; where there is none, the whole beginning does. */
function toOpening(prefix: string): string {
  const tag = /^[^{[]*(?:\[[A-Z_]+\])?/.exec(prefix)?.[0].trim() ?? '';
  return tag === '' ? prefix.trim() : tag;
}

/** The wrapper's marks as the text that a model's tokens come to, special ones included. */
export function toMark(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!LlamaText.isLlamaText(value)) return '';
  return value.values.map((part) => (typeof part === 'string' ? part : part instanceof SpecialTokensText ? part.value : '')).join('');
}

/** Whether the answer needs node-llama-cpp to steer it: formats whose marks the engine itself writes in between. */
export function needsSteering(state: ChatWrapperGeneratedContextState): boolean {
  return (state.prefixTriggers?.length ?? 0) > 0 || state.noPrefixTrigger !== undefined || state.rerender !== undefined || state.functionCall?.initiallyEngaged === true;
}

/** Texts that end an answer, beside the tokens that do. */
export function listStopMarks({ stopGenerationTriggers }: ChatWrapperGeneratedContextState): string[] {
  return stopGenerationTriggers
    .filter(({ values }) => values.every((part) => typeof part === 'string' || part instanceof SpecialTokensText))
    .map(toMark).filter((mark) => mark.trim() !== '');
}
