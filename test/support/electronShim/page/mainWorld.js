// The page's half of contextBridge, run in the page's own world before its scripts. The worlds share nothing but the
// document: every crossing is a synchronous CustomEvent whose `detail` Chromium clones from one world to the other.
(function mainWorld(secret) {
  const page = document;
  const PageEvent = CustomEvent;
  const dispatch = page.dispatchEvent.bind(page);
  const listen = page.addEventListener.bind(page);
  const callbacks = new Map();
  const promises = new Map();
  let lastId = 0;
  let reply;

  const isPlain = (value) => Boolean(value) && Object.getPrototypeOf(value) === Object.prototype;
  const mapPlain = (value, change) => Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));

  function encode(value) {
    if (typeof value === 'function') {
      lastId += 1;
      callbacks.set(lastId, value);
      return { $function: lastId };
    }
    if (Array.isArray(value)) return value.map(encode);
    return isPlain(value) ? mapPlain(value, encode) : value;
  }

  function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (!isPlain(value)) return value;
    if (value.$promise) return new Promise((resolve, reject) => { promises.set(value.$promise, { resolve, reject }); });
    if (value.$function) return (...args) => callAcross(value.$function, args);
    if (value.$error) throw toError(value.$error);
    return mapPlain(value, decode);
  }

  const toError = ({ name, message }) => Object.assign(new Error(message), { name });

  function callAcross(id, args) {
    reply = undefined;
    dispatch(new PageEvent(`${secret}up`, { detail: { id, args: encode(args) } }));
    return decode(reply);
  }

  function freezeDeep(value) {
    if (!isPlain(value)) return value;
    Object.values(value).forEach(freezeDeep);
    return Object.freeze(value);
  }

  function settle({ settle: id, error, value }) {
    const promise = promises.get(id);
    promises.delete(id);
    if (error) promise.reject(toError(error));
    else promise.resolve(decode(value));
  }

  listen(`${secret}reply`, (event) => {
    event.stopImmediatePropagation();
    reply = event.detail;
  });
  listen(`${secret}down`, (event) => {
    event.stopImmediatePropagation();
    const message = event.detail;
    if (message.expose) Object.defineProperty(window, message.expose, { value: freezeDeep(decode(message.value)), enumerable: true });
    else if (message.settle) settle(message);
    else callbacks.get(message.callback)?.(...message.args.map(decode));
  });
})
