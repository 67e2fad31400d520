/** Why a model's file could not be read. */
export type HeaderProblem = 'not_this_format' | 'version' | 'big_endian' | 'truncated' | 'malformed' | 'too_large' | 'unreadable';

/** A file that lies, ends early or asks for too much. The only error that the readers of headers throw. */
export class HeaderError extends Error {
  readonly problem: HeaderProblem;

  constructor(problem: HeaderProblem, message: string) {
    super(message);
    this.name = 'HeaderError';
    this.problem = problem;
  }
}
