const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('toy', {
  echo: (value) => ipcRenderer.invoke('echo', value),
  fail: () => ipcRenderer.invoke('missing'),
  connect: () => ipcRenderer.send('connect'),
  isSandboxed: process.sandboxed,
});
ipcRenderer.on('ports', (event) => { window.postMessage({ type: 'ports' }, location.origin, event.ports); });
