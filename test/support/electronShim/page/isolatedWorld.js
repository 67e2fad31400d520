// Runs the unmodified preload in a world of its own, with `electron`'s renderer half. `createWire` is the source of
// wire.ts, `runPreload` wraps the preload's own text.
(function isolatedWorld({ secret, argv, platform, versions, createWire, runPreload }) {
  if (window !== window.top) return;
  const page = document;
  const wire = createWire({ toText: (bytes) => bytes.toBase64(), toBytes: (text) => Uint8Array.fromBase64(text) });
  const isPlain = (value) => Boolean(value) && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  const mapPlain = (value, change) => Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
  let lastId = 0;
  const nextId = () => (lastId += 1);

  // Upstream: one binding call for all that a task and those right behind it have to say.
  const upstream = globalThis[`${secret}up`];
  const turn = new MessageChannel();
  let outgoing = [];
  turn.port1.onmessage = () => {
    const batch = outgoing;
    outgoing = [];
    upstream(JSON.stringify(batch));
  };
  function send(message) {
    if (outgoing.length === 0) turn.port2.postMessage(0);
    outgoing.push(wire.encode(message));
  }

  // Ports: the page holds one end of a real MessageChannel, the other end is pumped over the bridge.
  const ports = new Map();
  function pump(port, id) {
    ports.set(id, port);
    port.onmessage = (event) => { send({ kind: 'port', id, data: event.data, ports: sendPorts(event.ports) }); };
    port.addEventListener('close', () => { if (ports.delete(id)) send({ kind: 'portClosed', id }); });
  }
  function sendPorts(list) {
    return [...list].map((port) => {
      const id = `page${nextId()}`;
      pump(port, id);
      return id;
    });
  }
  function receivePort(id) {
    const { port1, port2 } = new MessageChannel();
    pump(port2, id);
    return port1;
  }

  // ipcRenderer
  const listeners = new Map();
  const invocations = new Map();
  const listen = (channel, listener, isOnce) => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, isOnce }]);
    return ipcRenderer;
  };
  const ipcRenderer = {
    invoke: (channel, ...args) => new Promise((resolve, reject) => {
      const id = nextId();
      const copy = structuredClone(args);
      invocations.set(id, { resolve, reject });
      send({ kind: 'invoke', id, channel, args: copy });
    }),
    send: (channel, ...args) => { send({ kind: 'send', channel, args: structuredClone(args), ports: [] }); },
    postMessage: (channel, message, transfer = []) => {
      send({ kind: 'send', channel, args: [structuredClone(message)], ports: sendPorts(transfer) });
    },
    sendSync: () => { throw new Error('sendSync cannot be offered by the stand-in'); },
    on: (channel, listener) => listen(channel, listener, false),
    addListener: (channel, listener) => listen(channel, listener, false),
    once: (channel, listener) => listen(channel, listener, true),
    off: (channel, listener) => {
      listeners.set(channel, (listeners.get(channel) ?? []).filter((entry) => entry.listener !== listener));
      return ipcRenderer;
    },
    removeListener: (channel, listener) => ipcRenderer.off(channel, listener),
    removeAllListeners: (channel) => {
      if (channel === undefined) listeners.clear();
      else listeners.delete(channel);
      return ipcRenderer;
    },
  };

  // Downstream
  const handlers = {
    reply({ id, channel, value, error }) {
      const invocation = invocations.get(id);
      invocations.delete(id);
      if (error === undefined) invocation.resolve(value);
      else invocation.reject(new Error(`Error invoking remote method '${channel}': ${error}`));
    },
    event({ channel, args, ports: ids }) {
      const event = { sender: ipcRenderer, ports: ids.map(receivePort) };
      for (const { listener, isOnce } of listeners.get(channel) ?? []) {
        if (isOnce) ipcRenderer.off(channel, listener);
        listener(event, ...args);
      }
    },
    port({ id, data, ports: ids }) { ports.get(id)?.postMessage(data, ids.map(receivePort)); },
    portClosed({ id }) {
      const port = ports.get(id);
      ports.delete(id);
      port?.close();
    },
  };
  function report(error) {
    queueMicrotask(() => { throw error; });
  }
  globalThis[`${secret}down`] = (json) => {
    for (const encoded of JSON.parse(json)) {
      const message = wire.decode(encoded);
      try {
        handlers[message.kind](message);
      } catch (error) {
        report(error);
      }
    }
  };

  // contextBridge
  const functions = new Map();
  const toPage = (detail) => { page.dispatchEvent(new CustomEvent(`${secret}down`, { detail })); };
  const toErrorFacts = (error) => ({ name: error.name, message: error.message });
  function encodePromise(promise) {
    const id = nextId();
    promise.then(
      (value) => { toPage({ settle: id, value: encode(value) }); },
      (error) => { toPage({ settle: id, error: toErrorFacts(error) }); },
    );
    return { $promise: id };
  }
  function encode(value) {
    if (typeof value === 'function') {
      const id = nextId();
      functions.set(id, value);
      return { $function: id };
    }
    if (value instanceof Promise) return encodePromise(value);
    if (value instanceof Error) return { $error: toErrorFacts(value) };
    if (Array.isArray(value)) return value.map(encode);
    return isPlain(value) ? mapPlain(value, encode) : structuredClone(value);
  }
  function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (!isPlain(value)) return value;
    if (value.$function) return (...args) => { toPage({ callback: value.$function, args: args.map(encode) }); };
    return mapPlain(value, decode);
  }
  function callExposed({ id, args }) {
    try {
      return encode(functions.get(id)(...args.map(decode)));
    } catch (error) {
      return { $error: toErrorFacts(error) };
    }
  }
  page.addEventListener(`${secret}up`, (event) => {
    event.stopImmediatePropagation();
    page.dispatchEvent(new CustomEvent(`${secret}reply`, { detail: callExposed(event.detail) }));
  });
  const exposed = new Set();
  const contextBridge = {
    exposeInMainWorld: (key, api) => {
      if (exposed.has(key)) throw new Error('Cannot bind an API on top of an existing property on the window object');
      exposed.add(key);
      toPage({ expose: key, value: encode(api) });
    },
  };

  // What a sandboxed preload may require, and the process it sees.
  const electron = { contextBridge, ipcRenderer, webUtils: { getPathForFile: () => '' }, webFrame: {}, crashReporter: {} };
  const process = { type: 'renderer', sandboxed: true, contextIsolated: true, platform, arch: 'x64', argv, env: {}, versions, on: () => process, once: () => process };
  const requireElectron = (name) => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  try {
    runPreload(requireElectron, module, module.exports, process);
  } catch (error) {
    send({ kind: 'preloadError', message: String(error.stack) });
  }
})
