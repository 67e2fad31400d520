/** What was asked for. `from` and `to` (not included) in bytes; `isAll`: without a range. `knownEtag`: of the parts before. */
export interface AskedPart { from: number; to: number; isAll: boolean; sizeBytes: number; knownEtag: string | null }

/** An answer of success, by its headers. */
export interface AnswerFacts { status: number; etag: string | null; contentRange: string | null; contentLength: string | null }

export type AnswerJudgement = { kind: 'wanted' } | { kind: 'changed'; reason: string } | { kind: 'noRanges' } | { kind: 'refused'; reason: string };

/** Whether an answer brings the bytes that were asked for, of the same content as the parts before. */
export function judgeAnswer(asked: AskedPart, answer: AnswerFacts): AnswerJudgement {
  if (asked.knownEtag !== null && answer.etag !== null && answer.etag !== asked.knownEtag) return { kind: 'changed', reason: 'another ETag' };
  const total = readTotal(answer);
  if (total === null) return { kind: 'refused', reason: 'an answer without a length' };
  if (total !== asked.sizeBytes) return { kind: 'changed', reason: `${total} bytes instead of ${asked.sizeBytes}` };
  if (answer.status === 200) return asked.isAll ? { kind: 'wanted' } : { kind: 'noRanges' };
  const isSameRange = answer.contentRange?.startsWith(`bytes ${asked.from}-${asked.to - 1}/`) === true;
  return isSameRange ? { kind: 'wanted' } : { kind: 'refused', reason: 'another range than asked for' };
}

/** An ETag by which parts can be compared byte for byte; a weak one cannot. */
export function toStrongEtag(etag: string | null): string | null {
  return etag === null || etag.startsWith('W/') ? null : etag;
}

function readTotal({ status, contentRange, contentLength }: AnswerFacts): number | null {
  const total = status === 206 ? /\/(\d+)$/.exec(contentRange ?? '')?.[1] : contentLength;
  return total === undefined || total === null ? null : Number(total);
}
