import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { Endpoint } from './messagePorts.ts';
import { failLoudly, ignoreClosed } from './rejections.ts';
import { createWire, nodeBase64 } from './wire.ts';

const wire = createWire(nodeBase64);
/** Beyond this one call stalls the page for longer than a frame. */
const BATCH_CHARACTERS = 512 * 1024;
const readSource = (name: string): string => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8').trim();

/** What a preload may tell the main process. */
export type FromPage =
  | { kind: 'send'; channel: string; args: unknown[]; ports: Endpoint[] }
  | { kind: 'invoke'; id: number; channel: string; args: unknown[] }
  | { kind: 'preloadError'; message: string };

type RawFromPage =
  | { kind: 'send'; channel: string; args: unknown[]; ports: string[] }
  | { kind: 'invoke'; id: number; channel: string; args: unknown[] }
  | { kind: 'preloadError'; message: string }
  | { kind: 'port'; id: string; data: unknown; ports: string[] }
  | { kind: 'portClosed'; id: string };

export interface PageBridgeOptions {
  preloadPath: string | undefined;
  additionalArguments: readonly string[];
  receive: (message: FromPage) => void;
}

/**
 * The line between the main process and a page's isolated world: a binding upstream, function calls downstream. Both
 * ways messages go in order and in batches; downstream one batch is under way at a time.
 */
export class PageBridge {
  readonly #secret = `__shim${randomBytes(9).toString('hex')}_`;
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #options: PageBridgeOptions;
  readonly #ports = new Map<string, Endpoint>();
  #mainFrameId = '';
  #contextId: number | null = null;
  #outgoing: string[] = [];
  #isSending = false;
  #lastPortId = 0;

  constructor(page: Page, cdp: CDPSession, options: PageBridgeOptions) {
    this.#page = page;
    this.#cdp = cdp;
    this.#options = options;
  }

  /** Installs both worlds, for every document from the next one on. */
  async start(): Promise<void> {
    const cdp = this.#cdp;
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const frame = context.auxData as { frameId?: string } | undefined;
      if (context.name === this.#secret && frame?.frameId === this.#mainFrameId) this.#enter(context.id);
    });
    cdp.on('Runtime.executionContextsCleared', () => { this.#leave(); });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => { if (executionContextId === this.#contextId) this.#leave(); });
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === `${this.#secret}up` && executionContextId === this.#contextId) this.#receiveBatch(payload);
    });
    this.#page.once('close', () => { this.#leave(); });
    await cdp.send('Page.enable');
    this.#mainFrameId = (await cdp.send('Page.getFrameTree')).frameTree.frame.id;
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: `${this.#secret}up`, executionContextName: this.#secret });
    await this.#installWorlds();
  }

  /** Sends a message; dropped when no document is there to hear it, as Electron does. */
  send(message: { kind: string; [field: string]: unknown }): void {
    if (this.#contextId === null) return;
    this.#outgoing.push(JSON.stringify(wire.encode(message)));
    if (!this.#isSending) this.#sendBatches().catch(failLoudly);
  }

  #reserve(endpoint: Endpoint): { id: string; attach: () => void } {
    this.#lastPortId += 1;
    const id = `main${this.#lastPortId}`;
    return { id, attach: () => { this.#attach(id, endpoint); } };
  }

  /** Sends a message along with endpoints of the main process. */
  sendWithPorts(message: { kind: string; [field: string]: unknown }, endpoints: readonly Endpoint[]): void {
    const reserved = endpoints.map((endpoint) => this.#reserve(endpoint));
    this.send({ ...message, ports: reserved.map(({ id }) => id) });
    // The page must know a port before what waits in it arrives.
    for (const { attach } of reserved) attach();
  }

  /** The page's process has died: nothing more comes or goes. */
  end(): void {
    this.#leave();
  }

  async #installWorlds(): Promise<void> {
    const { preloadPath, additionalArguments } = this.#options;
    const preload = preloadPath === undefined ? '' : readFileSync(preloadPath, 'utf8');
    const facts = JSON.stringify({
      secret: this.#secret, argv: additionalArguments, platform: process.platform, versions: { electron: process.versions['electron'] },
    });
    const isolated = `${readSource('isolatedWorld.js')}({ ...${facts}, createWire: ${createWire.toString()}, `
      + `runPreload: (require, module, exports, process) => {${preload}\n} });`;
    await this.#cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: `${readSource('mainWorld.js')}(${JSON.stringify(this.#secret)});` });
    await this.#cdp.send('Page.addScriptToEvaluateOnNewDocument', { worldName: this.#secret, source: isolated });
  }

  #enter(contextId: number): void {
    if (this.#contextId !== null) this.#leave();
    this.#contextId = contextId;
  }

  #leave(): void {
    this.#contextId = null;
    this.#outgoing = [];
    const endpoints = [...this.#ports.values()];
    this.#ports.clear();
    for (const endpoint of endpoints) endpoint.close();
  }

  async #sendBatches(): Promise<void> {
    this.#isSending = true;
    await new Promise(setImmediate);
    while (this.#outgoing.length > 0 && this.#contextId !== null) {
      const batch = `[${this.#takeBatch().join(',')}]`;
      await this.#cdp.send('Runtime.callFunctionOn', {
        executionContextId: this.#contextId,
        functionDeclaration: `(batch) => { globalThis[${JSON.stringify(`${this.#secret}down`)}](batch); }`,
        arguments: [{ value: batch }],
      }).catch(ignoreClosed);
    }
    this.#isSending = false;
  }

  #takeBatch(): string[] {
    let characters = 0;
    const end = this.#outgoing.findIndex((message) => (characters += message.length) > BATCH_CHARACTERS);
    return this.#outgoing.splice(0, end === -1 ? this.#outgoing.length : end + 1);
  }

  #receiveBatch(payload: string): void {
    for (const encoded of JSON.parse(payload) as unknown[]) this.#receive(wire.decode(encoded) as RawFromPage);
  }

  #receive(message: RawFromPage): void {
    if (message.kind === 'port') {
      const ports = message.ports.map((id) => this.#createFromPage(id));
      this.#ports.get(message.id)?.post({ data: message.data, ports });
    } else if (message.kind === 'portClosed') {
      const endpoint = this.#ports.get(message.id);
      this.#ports.delete(message.id);
      endpoint?.close();
    } else if (message.kind === 'send') {
      this.#options.receive({ ...message, ports: message.ports.map((id) => this.#createFromPage(id)) });
    } else {
      this.#options.receive(message);
    }
  }

  /** A port that the page sends: the page's end is attached here, the other one goes to the main process. */
  #createFromPage(id: string): Endpoint {
    const [pageEnd, mainEnd] = Endpoint.createPair();
    this.#attach(id, pageEnd);
    return mainEnd;
  }

  #attach(id: string, endpoint: Endpoint): void {
    this.#ports.set(id, endpoint);
    endpoint.receive({
      message: ({ data, ports }) => { this.sendWithPorts({ kind: 'port', id, data }, ports); },
      closed: () => { if (this.#ports.delete(id)) this.send({ kind: 'portClosed', id }); },
    });
  }
}
