/** A stored problem, `code: message`, in its two parts. */
export function parseProblem(problem: string): { code: string; message: string } {
  const [, code = 'unexpected', message = problem] = /^([\w.]+): ([^]*)$/.exec(problem) ?? [];
  return { code, message };
}

/** What can be done about it, the best first. */
export function chooseSteps(code: string): ('retry' | 'choose' | 'models' | 'begin')[] {
  if (code === 'model_has_no_vision') return ['choose', 'retry'];
  if (code === 'context_length_exceeded') return ['begin', 'choose'];
  if (/model_not_found|no_model/.test(code)) return ['choose', 'models'];
  if (/insufficient_vram|load_failed|engine_crashed|missing_engine/.test(code)) return ['retry', 'choose', 'models'];
  return ['retry', 'choose'];
}
