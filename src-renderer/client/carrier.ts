import type { ClientLink } from '@orpc/client';

export type Link = ClientLink<Record<never, never>>;

/** What a carrier tells its connection. */
export interface CarrierEvents {
  /** Calls and frames can go. */
  onOpen: (link: Link) => void;
  onFrame: (frame: Uint8Array) => void;
  /** Once, also when it never opened; nothing follows. */
  onClose: () => void;
}

/** One try at a connection: a pair of ports or of sockets. */
export interface Carrier {
  sendFrame(frame: Uint8Array): void;
  close(): void;
}

export type OpenCarrier = (events: CarrierEvents) => Carrier;
