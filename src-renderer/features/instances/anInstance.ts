import { instance, type Instance } from '#contract/instances.ts';

/** An instance for tests: stopped, of the smallest blueprint, with whatever matters to the test set. */
export function anInstance(facts: Partial<Record<keyof Instance, unknown>> = {}): Instance {
  const name = typeof facts.name === 'string' ? facts.name : 'lab';
  return instance.parse({
    id: name, slug: name.toLowerCase(), name, blueprintId: 'stock:http-server', group: null, notes: '', autostart: false, gpuIds: null,
    launchArgs: '', outputPath: null, hostname: null, pythonVersion: 'auto', torchVersion: 'auto', cudaVersion: 'auto',
    portSetting: 'auto', blueprintName: 'HTTP server', category: 'Files', kind: 'server', folder: `instances/${name}`, desired: 'stopped',
    status: 'stopped', health: 'unknown', statusSinceMs: 0, cause: null, causeEvidence: null, causeSubject: null, exitCode: null,
    preflight: [], stage: null, retryAtMs: null, attempt: 0, port: null, url: null, pid: null, runId: null, terminalId: null,
    startedAtMs: null, stuckPids: [], restartNeededFor: [], isInstalled: false, createdAtMs: 0, deletedAtMs: null,
    ...facts,
  });
}
