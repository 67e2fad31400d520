import { lexer } from 'marked';

/** `[text][name]` and `[name]`, but not `[text](address)`. */
const REFERENCE = /\[[^\]]+\](?!\()/;

/**
 * Splits Markdown into its top-level blocks. As the text grows only the last block is read again, so that the earlier
 * ones stay the same strings and need not be drawn again. Link definitions are given to the blocks that may use them.
 */
export class BlockSplitter {
  #text = '';
  /** The blocks before the last one, and where the last one begins. */
  #settled: string[] = [];
  #lastStart = 0;
  #blocks: readonly string[] = [];

  split(source: string): readonly string[] {
    const text = source.includes('\r') ? source.replaceAll(/\r\n?/g, '\n') : source;
    if (text === this.#text) return this.#blocks;
    if (!text.startsWith(this.#text)) this.#forget();
    this.#text = text;
    this.#blocks = withDefinitions(this.#read(text));
    return this.#blocks;
  }

  #forget(): void {
    this.#settled = [];
    this.#lastStart = 0;
  }

  #read(text: string): string[] {
    const tokens = lexer(text.slice(this.#lastStart));
    let start = this.#lastStart;
    const found: { raw: string; start: number }[] = [];
    for (const { type, raw } of tokens) {
      if (type !== 'space') found.push({ raw, start });
      start += raw.length;
    }
    const last = found.pop();
    this.#settled = [...this.#settled, ...found.map(({ raw }) => raw)];
    if (last === undefined) return this.#settled;
    this.#lastStart = last.start;
    return [...this.#settled, last.raw];
  }
}

function withDefinitions(blocks: string[]): readonly string[] {
  const isDefinition = (block: string): boolean => /^ {0,3}\[[^\]]+\]:\s/.test(block);
  const definitions = blocks.filter(isDefinition);
  if (definitions.length === 0) return blocks;
  const known = definitions.join('\n');
  return blocks.map((block) => (isDefinition(block) || !REFERENCE.test(block) ? block : `${block}\n\n${known}`));
}
