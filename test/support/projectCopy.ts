import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ownCopies = new Set(['node-pty', '.package-lock.json']);

/** How a script of the copy ended, and what it printed. */
export interface ScriptEnd { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** A small copy of the project whose scripts can be run without touching the real one. Dispose it at the end. */
export class ProjectCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'wheelhouse-project-'));

  constructor() {
    for (const path of ['scripts', 'package.json', 'package-lock.json', 'vite.config.ts']) cpSync(join(root, path), this.path(path), { recursive: true });
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  write(path: string, content: string, { mode = 0o644 } = {}): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content, { mode });
  }

  /** Links the installed packages; node-pty is copied without its build, so that it can be built here. */
  linkPackages(): void {
    mkdirSync(this.path('node_modules'));
    for (const name of readdirSync(join(root, 'node_modules')).filter((entry) => !entry.startsWith('.') && !ownCopies.has(entry))) {
      symlinkSync(join(root, 'node_modules', name), this.path('node_modules', name));
    }
    const isBuilt = (path: string): boolean => basename(path) === 'build' && basename(dirname(path)) === 'node-pty';
    for (const name of ownCopies) cpSync(join(root, 'node_modules', name), this.path('node_modules', name), { recursive: true, filter: (path) => !isBuilt(path) });
    symlinkSync(join(root, 'node_modules', '.bin'), this.path('node_modules', '.bin'));
  }

  /** Starts a script by this Node. */
  start(script: string, { args = [], env = {} }: { args?: readonly string[]; env?: Readonly<Record<string, string | undefined>> } = {}): ChildProcess {
    return spawn(process.execPath, [this.path('scripts', script), ...args], { cwd: this.folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  run(script: string, options: Parameters<ProjectCopy['start']>[1] = {}): Promise<ScriptEnd> {
    return collect(this.start(script, options));
  }

  dispose(): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Resolves with all that a child printed once it has ended. */
export function collect(child: ChildProcess): Promise<ScriptEnd> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.on('error', reject);
    child.on('close', (code) => { resolve({ code, stdout, stderr }); });
  });
}
