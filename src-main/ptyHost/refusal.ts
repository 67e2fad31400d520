import type { RefusalCode } from '../platform/pty/hostProtocol.ts';

/** Why the host does not do what it was asked; answered to the backend, which says it in its own codes. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
  }
}
