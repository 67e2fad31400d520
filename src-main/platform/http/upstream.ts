import type { Readable } from 'node:stream';

/** A program that answers HTTP: an origin, which may have a path, through a local socket where `socketPath` is set. */
export interface UpstreamTarget {
  readonly origin: string;
  readonly socketPath: string | null;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface UpstreamRequest {
  readonly target: UpstreamTarget;
  readonly method: string;
  /** Begins with `/`; with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A list: pieces of one body. */
  readonly body?: string | Uint8Array | readonly Uint8Array[] | null;
  readonly signal: AbortSignal;
}

/** Lets the bytes of a connection wait with the system. */
export interface ReadGate {
  /** Nothing more is read behind the piece that is being taken. */
  hold(): void;
  release(): void;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As the bytes come. Leaving the loop early closes the connection. */
  readonly body: Readable;
  /** Of the connection that the body comes by; null where reading cannot rest. To be released at the end of the body. */
  readonly gate: ReadGate | null;
}

/** Sends requests to other programs over connections that are kept. */
export interface Upstream {
  /**
   * Resolves with the headers; waits for them and for the body as long as it takes.
   * @throws the signal's reason, or what the system says when the program cannot be reached or breaks off.
   */
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
  /** Breaks off what runs. */
  close(): Promise<void>;
}
