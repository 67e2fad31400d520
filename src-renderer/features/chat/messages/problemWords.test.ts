import { expect, test } from 'vitest';
import { chooseSteps, parseContextFigures, parseProblem } from './problemWords.ts';

test.each([
  ['context_length_exceeded: The prompt has 9000 tokens; the context holds 8192', ['begin', 'context', 'choose']],
  ['model_has_no_vision: guide takes no images.', ['choose', 'retry']],
  ['model_not_found: no such model', ['choose', 'models']],
  ['engine_crashed: The engine ended with code 139.', ['retry', 'choose', 'models']],
  ['internal: socket hang up', ['retry', 'choose']],
])('what helps first is offered first: %s', (problem, steps) => {
  expect(chooseSteps(parseProblem(problem).code)).toEqual(steps);
});

test.each([
  ['The prompt has 4432 tokens; the context holds 2048', { needed: 4_432, total: 2_048 }],
  ['request (4432 tokens) exceeds the available context size (2048 tokens), try increasing it', { needed: 4_432, total: 2_048 }],
  ['The context is full', null],
])('what was needed and what fits is read from every engine: %s', (message, figures) => {
  expect(parseContextFigures(message)).toEqual(figures);
});
