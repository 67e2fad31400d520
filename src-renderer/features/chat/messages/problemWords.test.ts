import { expect, test } from 'vitest';
import { chooseSteps, parseProblem } from './problemWords.ts';

test.each([
  ['context_length_exceeded: The prompt has 9000 tokens; the context holds 8192', ['begin', 'choose']],
  ['model_has_no_vision: guide takes no images.', ['choose', 'retry']],
  ['model_not_found: no such model', ['choose', 'models']],
  ['engine_crashed: The engine ended with code 139.', ['retry', 'choose', 'models']],
  ['internal: socket hang up', ['retry', 'choose']],
])('what helps first is offered first: %s', (problem, steps) => {
  expect(chooseSteps(parseProblem(problem).code)).toEqual(steps);
});
