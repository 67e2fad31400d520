/** The entry of the detached process that owns the PTYs. Nothing native is loaded before the runtime is known to fit. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`the PTY host needs Node 22.12 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}

const { runHost } = await import('./runHost.ts');
process.exit(await runHost(process.argv.slice(2)));

export {};
