import type { Message } from '#contract/conversations.ts';
import { BlockSplitter } from './blockSplitter.ts';
import { findCompared, isWriting } from './branches.ts';

/** One line of the list that is drawn when it is in sight. `key` stays the same while an answer grows. */
export type MessageRow = { readonly key: string; readonly message: Message } & (
  | { readonly kind: 'question' | 'head' | 'thinking' | 'tools' | 'foot' }
  /** One block of an answer; `isLive` while it may still grow. */
  | { readonly kind: 'block'; readonly text: string; readonly isLive: boolean }
  /** Two answers side by side. */
  | { readonly kind: 'pair'; readonly compared: Message }
);

/** Turns the messages of a branch into rows; those of a message that did not change are the same objects again. */
export class RowBuilder {
  readonly #splitters = new Map<string, BlockSplitter>();
  readonly #built = new WeakMap<Message, readonly MessageRow[]>();
  readonly #pairs = new WeakMap<Message, MessageRow & { kind: 'pair' }>();

  build(path: readonly Message[], messages: readonly Message[]): MessageRow[] {
    return path.flatMap((message, index): readonly MessageRow[] => {
      if (message.role === 'user') return [...this.#rowsOf(message), ...this.#leftAlone(message, { messages, isLast: index === path.length - 1 })];
      const question = path[index - 1];
      const compared = question === undefined ? null : findCompared(messages, question);
      return compared === null ? this.#rowsOf(message) : [this.#pairOf(message, compared)];
    });
  }

  /** The blocks of one text, read again only where it grew. */
  splitBlocks(id: string, text: string): readonly string[] {
    const known = this.#splitters.get(id) ?? new BlockSplitter();
    this.#splitters.set(id, known);
    return known.split(text);
  }

  /** An answer for comparison whose neighbour was deleted stands alone. */
  #leftAlone(question: Message, { messages, isLast }: { messages: readonly Message[]; isLast: boolean }): readonly MessageRow[] {
    const compared = isLast ? findCompared(messages, question) : null;
    return compared === null ? [] : this.#rowsOf(compared);
  }

  #rowsOf(message: Message): readonly MessageRow[] {
    const known = this.#built.get(message);
    if (known !== undefined) return known;
    const rows = message.role === 'user' ? [toRow(message, 'question')] : this.#toAnswerRows(message);
    this.#built.set(message, rows);
    return rows;
  }

  #toAnswerRows(message: Message): MessageRow[] {
    const blocks = this.splitBlocks(message.id, message.content);
    return [
      toRow(message, 'head'),
      ...(message.thinking === '' ? [] : [toRow(message, 'thinking')]),
      ...blocks.map((text, index): MessageRow => ({ key: `${message.id} ${index}`, kind: 'block', message, text, isLive: index === blocks.length - 1 && isWriting(message) })),
      ...(message.toolCalls.length === 0 ? [] : [toRow(message, 'tools')]),
      toRow(message, 'foot'),
    ];
  }

  #pairOf(message: Message, compared: Message): MessageRow {
    const known = this.#pairs.get(message);
    if (known?.compared === compared) return known;
    const row = { key: `${message.parentId ?? ''} pair`, kind: 'pair' as const, message, compared };
    this.#pairs.set(message, row);
    return row;
  }
}

function toRow(message: Message, kind: 'question' | 'head' | 'thinking' | 'tools' | 'foot'): MessageRow {
  return { key: `${message.id} ${kind}`, kind, message };
}

/** Where a message begins; an answer for comparison stands beside its neighbour, also an older one. -1 where it is not shown. */
export function findRow(rows: readonly MessageRow[], wanted: Message | undefined): number {
  if (wanted === undefined) return -1;
  return rows.findIndex((row) => row.message.id === wanted.id || (row.kind === 'pair' && wanted.lane === 'compare' && row.compared.parentId === wanted.parentId));
}

const CHARACTERS_A_LINE = 84;
const LINE_PX = 26;

/** A guess at the height of a row that has not been drawn yet, at 100 %. */
export function estimateRowPx(row: MessageRow): number {
  switch (row.kind) {
    case 'question': return 64 + countLines(row.message.content) * LINE_PX + (row.message.attachments.some(({ kind }) => kind === 'image') ? 76 : row.message.attachments.length > 0 ? 34 : 0);
    case 'block': return 16 + countLines(row.text) * LINE_PX;
    case 'pair': return 120 + Math.max(countLines(row.message.content), countLines(row.compared.content)) * LINE_PX * 1.5;
    case 'foot': return 48;
    case 'head': case 'thinking': case 'tools': return 36;
  }
}

function countLines(text: string): number {
  let count = 0;
  for (const line of text.split('\n')) count += Math.max(1, Math.ceil(line.length / CHARACTERS_A_LINE));
  return count;
}
