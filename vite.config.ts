import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const inRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { dependencies: Record<string, string> };

/** Pure JavaScript that is bundled, so that threads and processes outside of the archive find it; every other dependency is loaded from node_modules, natives above all. */
const isBundled = (name: string): boolean => name === 'zod' || name === '@huggingface/gguf' || name.startsWith('@orpc/');

const isExternal = (id: string): boolean =>
  id.startsWith('node:') || id === 'electron' || Object.keys(manifest.dependencies).some((name) => !isBundled(name) && (id === name || id.startsWith(`${name}/`)));

/** The window: a page without inline scripts, fonts beside it, addresses relative so that any origin can serve it. */
const windowBuild: UserConfig = {
  root: inRoot('src-renderer'),
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: inRoot('dist/window'),
    emptyOutDir: true,
    target: 'chrome136',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: true,
    chunkSizeWarningLimit: 2_000,
  },
};

interface NodeBuild {
  readonly entries: Readonly<Record<string, string>>;
  readonly outDir: string;
  readonly format: 'cjs' | 'es';
  readonly extension: 'cjs' | 'mjs';
}

/** Programs for Node and Electron: one level below dist, so that `../../` is the app's folder as it is in src-main. */
const nodeBuild = ({ entries, outDir, format, extension }: NodeBuild): UserConfig => ({
  root: inRoot('.'),
  publicDir: false,
  resolve: { conditions: ['node', 'import', 'module', 'default'], mainFields: ['module', 'main'] },
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: true,
    outDir: inRoot(outDir),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
      external: isExternal,
      output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `[name]-[hash].${extension}` },
    },
  },
});

const builds: Readonly<Record<string, UserConfig>> = {
  window: windowBuild,
  preload: nodeBuild({ entries: { preload: inRoot('src-preload/index.ts') }, outDir: 'dist/preload', format: 'cjs', extension: 'cjs' }),
  electron: nodeBuild({
    entries: {
      main: inRoot('src-main/electron/main.ts'),
      ptyHost: inRoot('src-main/ptyHost/main.ts'),
      llamaEngine: inRoot('src-main/llamaEngine/main.ts'),
      estimateProcess: inRoot('src-main/platform/llama/estimateProcess.ts'),
      nvmlProcess: inRoot('src-main/platform/gpu/nvml/nvmlProcess.ts'),
      ggufWorker: inRoot('src-main/platform/hub/gguf/ggufWorker.ts'),
      transferProcess: inRoot('src-main/platform/transfer/transferProcess.ts'),
      fileWorker: inRoot('src-main/platform/modelFiles/worker/fileWorker.ts'),
    },
    outDir: 'dist/electron',
    format: 'es',
    extension: 'mjs',
  }),
};

/** `vite build --mode window|preload|electron`; `scripts/build.mjs` runs what changed. */
export default defineConfig(({ mode }) => builds[mode] ?? windowBuild);
