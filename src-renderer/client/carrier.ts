import type { ClientContext, ClientLink } from '@orpc/client';

/** Carries calls; it asks for no context. */
export type Link = ClientLink<ClientContext>;

export type CloseReason = 'gone' | 'refused';

/** What a carrier tells its connection. */
export interface CarrierEvents {
  /** Calls and frames can go. */
  onOpen: (link: Link) => void;
  onFrame: (frame: Uint8Array) => void;
  /** Once, also when it never opened; nothing follows. `refused`: the backend is there and does not let this window in. */
  onClose: (reason: CloseReason) => void;
}

/** One try at a connection: a pair of ports or of sockets. */
export interface Carrier {
  sendFrame(frame: Uint8Array): void;
  close(): void;
}

export type OpenCarrier = (events: CarrierEvents) => Carrier;
