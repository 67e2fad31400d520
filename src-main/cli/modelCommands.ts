import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Download, DownloadSelection } from '#contract/downloads.ts';
import type { HubModel } from '#contract/hub.ts';
import type { ModelRole, ModelVersion, RemovalPlan } from '#contract/models.ts';
import { toTable } from './output.ts';
import { ProgressLine, toSize } from './progressLine.ts';
import { withBackend, type Session } from './session.ts';

export function addModelCommands(program: Command): void {
  const model = program.command('model').description('models: find, pull, import, name and load them');
  model.command('search <words...>').description('search the hub').option('--format <format>', 'gguf, safetensors or onnx', 'gguf').option('--limit <count>', 'how many', '20').action(search);
  model.command('pull <repository>').description('pull OWNER/NAME or OWNER/NAME:QUANT; without a quantisation the one that fits here best').option('--revision <revision>', 'branch, tag or commit', 'main').option('--include <pattern...>', 'files by patterns').option('--exclude <pattern...>', 'but not these').action(pull);
  model.command('list').alias('ls').description('what is on this machine').action(list);
  model.command('show <model>').description('one model, and whether it fits').action(show);
  model.command('rm <model>').description('remove a model and the files that nothing else uses').option('--force', 'also when roles, aliases or configurations name it').action(remove);
  model.command('import <path>').description('take in a file or folder').option('--copy', 'copy it into the data folder instead of linking it in place').option('--accept-pickle', 'trust pickled weights that could run code').action(importPath);
  model.command('alias <alias> [model]').description('let an alias name a model; without a model drop the alias').action(alias);
  model.command('role <role> [model]').description('show a role, or point it at a model').option('--revert', 'one step back').option('--note <text>', 'why', '').action(role);
}

async function search(words: string[], options: { format: string; limit: string }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const found = await client.hub.search({ text: words.join(' '), format: toFormat(options.format), limit: Number(options.limit) });
    output.print(found.models, (models) => (models.length === 0 ? ['Nothing was found.'] : toTable([['REPOSITORY', 'TASK', 'LICENCE', 'DOWNLOADS', 'GATED', 'HERE'], ...models.map(toHubRow)])));
  });
}

function toFormat(text: string): 'gguf' | 'safetensors' | 'onnx' {
  if (text === 'gguf' || text === 'safetensors' || text === 'onnx') return text;
  throw new Error(`"${text}" is not a format: use gguf, safetensors or onnx`);
}

function toHubRow({ repo, task, licence, downloads, gated, localCount }: HubModel): string[] {
  return [repo, task ?? '–', licence ?? '–', String(downloads), gated === 'no' ? '' : 'gated', localCount > 0 ? String(localCount) : ''];
}

async function pull(text: string, options: { revision: string; include?: string[]; exclude?: string[] }, command: Command): Promise<void> {
  const [repo = '', label] = text.split(':');
  await withBackend(command, async ({ client, output }) => {
    const begun = await client.downloads.pull({ repo, revision: options.revision, selection: toSelection(label, options) });
    const ended = await follow(client, begun);
    if (ended.status === 'failed') throw new Error(`The download failed: ${ended.problem ?? 'unknown'}${ended.problemDetail === null ? '' : ` (${ended.problemDetail})`}. The same command goes on where it stopped.`);
    output.print(ended, ({ repo: name, label: quant, totalBytes, reusedBytes, status }) => (status === 'paused' ? [`${name}:${quant} was paused.`] : [`${name}:${quant} is here: ${toSize(totalBytes ?? 0)}${reusedBytes > 0 ? `, of which ${toSize(reusedBytes)} were here already` : ''}.`]));
  });
}

function toSelection(label: string | undefined, { include, exclude }: { include?: string[]; exclude?: string[] }): DownloadSelection {
  if (include !== undefined || exclude !== undefined) return { kind: 'patterns', include: include ?? ['**'], exclude: exclude ?? [] };
  return label === undefined ? { kind: 'recommended' } : { kind: 'label', label, withMmproj: true };
}

/** Shows the download until it has ended or was paused. A finished one that was asked for again is at its end already. */
async function follow(client: Session['client'], begun: Download): Promise<Download> {
  const line = new ProgressLine();
  let last = await resumed(client, begun);
  for await (const change of await client.downloads.watch({})) {
    const now = change.kind === 'snapshot' ? change.downloads.find(({ id }) => id === begun.id) : change.kind === 'changed' && change.download.id === begun.id ? change.download : undefined;
    if (now === undefined) continue;
    last = now;
    line.show({ name: `${now.repo}:${now.label}`, ...now, note: now.status === 'downloading' ? undefined : now.status });
    if (['done', 'failed', 'paused'].includes(now.status)) break;
  }
  line.end();
  return last;
}

function resumed(client: Session['client'], download: Download): Promise<Download> {
  return ['failed', 'paused'].includes(download.status) ? client.downloads.resume({ download: download.id }) : Promise.resolve(download);
}

async function list(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.models.list({}), (versions) => (versions.length === 0 ? ['No models are here. "wheelhouse model search" finds some.'] : toTable([['MODEL', 'SIZE', 'FORMAT', 'CAN', 'FROM', 'NAMES', 'STATE'], ...versions.map(toRow)])));
  });
}

function toRow({ reference, sizeBytes, format, capabilities, source, aliases, roles, health, status }: ModelVersion): string[] {
  return [reference, toSize(sizeBytes), format, capabilities.join(','), source.kind, [...roles.map((name) => `@${name}`), ...aliases].join(','), health === 'ok' ? status : health];
}

async function show(model: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const version = await client.models.get({ model });
    const fit = version.format === 'gguf' && version.kind === 'model' ? await client.fits.estimate({ model: version.id }) : null;
    output.print({ ...version, fit }, () => [...toFacts(version), ...(fit === null ? [] : toTable([['Fit', `${fit.verdict}: ${toSize(fit.gpu.totalBytes)} on the GPU, ${toSize(fit.ram.totalBytes)} of RAM at ${fit.contextTokens} tokens`]]))]);
  });
}

function toFacts(version: ModelVersion): string[] {
  const { reference, path, folder, format, architecture, parameterCount, quantisation, contextTokens, capabilities, licence, sizeBytes, files, status, health, tags, aliases, roles } = version;
  const facts: [string, string | number | null][] = [
    ['Model', reference], ['Path', path ?? folder], ['Format', format], ['Architecture', architecture], ['Parameters', parameterCount], ['Quantisation', quantisation], ['Context', contextTokens], ['Can', capabilities.join(', ')],
    ['Licence', licence], ['Size', `${toSize(sizeBytes)} in ${files.length} files`], ['Standing', `${status}, ${health}`], ['Tags', tags.join(', ')], ['Aliases', aliases.join(', ')], ['Roles', roles.join(', ')],
  ];
  return toTable(facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, String(value)]])));
}

async function remove(model: string, options: { force?: boolean }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.models.remove({ model, force: options.force ?? false }), ({ deletes, keeps, freesBytes }: RemovalPlan) => [`${deletes.length} files deleted, ${toSize(freesBytes)} freed${keeps.length === 0 ? '' : `, ${keeps.length} kept`}.`]);
  });
}

async function importPath(path: string, options: { copy?: boolean; acceptPickle?: boolean }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const candidates = await client.models.inspectPath({ path: resolve(path) });
    if (candidates.length === 0) throw new Error(`There is no model at ${path}.`);
    const versions: ModelVersion[] = [];
    for (const candidate of candidates) versions.push(await importOne(client, candidate.path, options));
    output.print(versions, (all) => all.map(({ reference }) => `${reference} is here.`));
  });
}

async function importOne(client: Session['client'], path: string, { copy = false, acceptPickle = false }: { copy?: boolean; acceptPickle?: boolean }): Promise<ModelVersion> {
  const line = new ProgressLine();
  for await (const step of await client.models.importFrom({ path, how: copy ? 'copy' : 'link', acceptPickle })) {
    if (step.kind === 'done') { line.end(); return step.version; }
    line.show({ name: step.stage, doneBytes: step.doneBytes, totalBytes: step.totalBytes });
  }
  throw new Error(`The import of ${path} ended without an answer.`);
}

async function alias(name: string, model: string | undefined, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    if (model === undefined) {
      await client.models.removeAlias({ alias: name });
      output.print({ alias: name, model: null }, () => [`The alias ${name} is dropped.`]);
    } else {
      output.print(await client.models.setAlias({ alias: name, model }), ({ reference }) => [`${name} stands for ${reference}.`]);
    }
  });
}

async function role(name: string, model: string | undefined, options: { revert?: boolean; note: string }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await changeRole(client, { name, model, ...options }), toRoleLines);
  });
}

async function changeRole(client: Session['client'], { name, model, revert = false, note }: { name: string; model: string | undefined; revert?: boolean; note: string }): Promise<ModelRole> {
  if (revert) return client.models.revertRole({ role: name });
  if (model !== undefined) return client.models.assignRole({ role: name, model, note });
  const found = (await client.models.listRoles({})).find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no role "${name}". "wheelhouse model role ${name} MODEL" makes it.`);
  return found;
}

function toRoleLines({ name, reference, history }: ModelRole): string[] {
  return [`${name} is ${reference ?? 'nothing'}.`, ...toTable(history.toReversed().map((step) => [new Date(step.atMs).toISOString(), step.reference ?? '–', step.note]))];
}
