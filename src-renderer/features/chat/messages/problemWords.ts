/** A stored problem, `code: message`, in its two parts. */
export function parseProblem(problem: string): { code: string; message: string } {
  const [, code = 'unexpected', message = problem] = /^([\w.]+): ([^]*)$/.exec(problem) ?? [];
  return { code, message };
}

/** How many tokens a question needed and how many fit. Every engine has its own sentence around the same two numbers, in this order; null where there are not two. */
export function parseContextFigures(message: string): { needed: number; total: number } | null {
  const [needed, total] = (message.match(/\d+/g) ?? []).map(Number);
  return needed === undefined || total === undefined || needed < total ? null : { needed, total };
}

/** What can be done about it, the best first. */
export function chooseSteps(code: string): ('retry' | 'choose' | 'models' | 'begin' | 'context')[] {
  if (code === 'model_has_no_vision') return ['choose', 'retry'];
  if (code === 'context_length_exceeded') return ['begin', 'context', 'choose'];
  if (/model_not_found|no_model/.test(code)) return ['choose', 'models'];
  if (/insufficient_vram|load_failed|engine_crashed|missing_engine/.test(code)) return ['retry', 'choose', 'models'];
  return ['retry', 'choose'];
}
