import type { CellEdit, EditField } from './editModel.ts';

/** What was typed into a cell as the setting's value; undefined when it is none. */
export function parseCell(field: EditField, text: string): CellEdit['value'] | undefined {
  const trimmed = text.trim();
  if (field === 'port') return parsePort(trimmed);
  if (field === 'group') return trimmed === '' ? null : trimmed;
  return field === 'name' ? trimmed : text;
}

/** A port from text: `auto`, nothing (which is auto too), or 1–65535 with or without a colon. */
export function parsePort(text: string): 'auto' | number | undefined {
  if (text === '' || text.toLowerCase() === 'auto') return 'auto';
  const digits = text.replace(/^:/, '');
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
