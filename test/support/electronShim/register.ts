// node --import ./register.ts main.mjs: resolves `electron`, imported or required, to the stand-in.
import { registerHooks } from 'node:module';

const url = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const isElectron = specifier === 'electron' || specifier === 'electron/main';
    return isElectron ? { url, shortCircuit: true, format: 'module-typescript' } : nextResolve(specifier, context);
  },
});
Object.defineProperty(process.versions, 'electron', { value: '45.4.1', enumerable: true });
Object.assign(process, { type: 'browser', resourcesPath: process.env['SHIM_RESOURCES'] ?? process.cwd() });
