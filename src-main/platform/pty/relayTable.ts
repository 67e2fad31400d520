import type { Logger } from '../../base/logger.ts';
import { toDisposable } from '../../base/disposables.ts';
import { encodeFrame, FRAME_HEADER_BYTES, getChannelId, getFrameKind, parseWindowFrame, writeChannelId } from '#contract/terminalFrames.ts';
import type { ClosedReason } from '#contract/terminalFrames.ts';
import type { Relay } from './ptyHost.ts';

type SendToWindow = (frame: Uint8Array<ArrayBuffer>) => void;
interface Route { sendToWindow: SendToWindow; windowChannelId: number; forget: () => void }

/**
 * Carries terminal frames between many window connections and one host. Windows number their channels by themselves;
 * towards the host each gets a number of its own. Data is passed on unread.
 */
export class RelayTable {
  readonly #deps: { log: Logger; sendToHost: (frame: Uint8Array) => boolean };
  readonly #routes = new Map<number, Route>();
  #lastHostChannelId = 0;

  /** `sendToHost` is false when there is no host. */
  constructor(deps: { log: Logger; sendToHost: (frame: Uint8Array) => boolean }) {
    this.#deps = deps;
  }

  open(sendToWindow: SendToWindow): Relay {
    const hostIds = new Map<number, number>();
    const end = toDisposable(() => {
      for (const windowChannelId of [...hostIds.keys()]) this.#forward(hostIds, encodeFrame({ kind: 'detach', channelId: windowChannelId }));
    });
    return { ...end, receive: (frame) => { this.#receive({ hostIds, sendToWindow }, frame); } };
  }

  /** Passes a host's frame on to the window whose channel it is. */
  deliver(frame: Uint8Array): void {
    const route = this.#routes.get(getChannelId(frame));
    if (route === undefined) return;
    if (getFrameKind(frame) === 'closed') route.forget();
    const own = new Uint8Array(frame);
    writeChannelId(own, route.windowChannelId);
    route.sendToWindow(own);
  }

  /** Tells every window that its channels are gone. */
  closeAll(reason: ClosedReason): void {
    for (const route of [...this.#routes.values()]) {
      route.forget();
      sendClosed(route.sendToWindow, route.windowChannelId, reason);
    }
  }

  #receive({ hostIds, sendToWindow }: { hostIds: Map<number, number>; sendToWindow: SendToWindow }, frame: Uint8Array): void {
    const kind = getFrameKind(frame);
    if (kind === 'attach') this.#attach(hostIds, sendToWindow, frame);
    else if (kind === 'ack' || kind === 'input' || kind === 'detach') this.#forward(hostIds, frame);
    else this.#refuse(sendToWindow, frame, new Error('not a frame that a window sends'));
  }

  #attach(hostIds: Map<number, number>, sendToWindow: SendToWindow, frame: Uint8Array): void {
    try {
      const parsed = parseWindowFrame(frame);
      if (parsed.kind !== 'attach') return;
      const { channelId, payload } = parsed;
      if (hostIds.has(channelId)) this.#forward(hostIds, encodeFrame({ kind: 'detach', channelId }));
      const hostId = (this.#lastHostChannelId += 1);
      const forget = (): void => { this.#routes.delete(hostId); hostIds.delete(channelId); };
      hostIds.set(channelId, hostId);
      this.#routes.set(hostId, { sendToWindow, windowChannelId: channelId, forget });
      if (this.#deps.sendToHost(encodeFrame({ kind: 'attach', channelId: hostId, payload }))) return;
      forget();
      sendClosed(sendToWindow, channelId, 'host_unavailable');
    } catch (error) {
      this.#refuse(sendToWindow, frame, error);
    }
  }

  #forward(hostIds: Map<number, number>, frame: Uint8Array): void {
    const hostId = hostIds.get(getChannelId(frame));
    if (hostId === undefined) return;
    const own = new Uint8Array(frame);
    writeChannelId(own, hostId);
    if (getFrameKind(frame) === 'detach') this.#routes.get(hostId)?.forget();
    this.#deps.sendToHost(own);
  }

  #refuse(sendToWindow: SendToWindow, frame: Uint8Array, error: unknown): void {
    this.#deps.log.warn('relay.bad_frame', { bytes: frame.length, error });
    if (frame.length >= FRAME_HEADER_BYTES) sendClosed(sendToWindow, getChannelId(frame), 'bad_frame');
  }
}

function sendClosed(sendToWindow: SendToWindow, channelId: number, reason: ClosedReason): void {
  sendToWindow(encodeFrame({ kind: 'closed', channelId, payload: { reason } }));
}
