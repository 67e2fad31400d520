import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { toTable } from './output.ts';
import { withBackend } from './session.ts';

export function addBlueprintCommands(program: Command): void {
  const blueprint = program.command('blueprint').description('scripts that install and run an app');
  blueprint.command('list').description('stock, custom and unparsed blueprints').action(list);
  blueprint.command('show').argument('<blueprint>').description('one blueprint with its text').action(show);
  blueprint.command('check').argument('<file>').description('read a script as a blueprint and say what is wrong with it').action(check);
}

async function list(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const blueprints = await client.blueprints.list({});
    output.print(blueprints, () => toTable([['ID', 'NAME', 'GROUP', 'CATEGORY', 'KIND'], ...blueprints.map(({ id, group, header }) => [id, header.name, group, header.category ?? '', header.kind])]));
  });
}

async function show(reference: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.blueprints.get({ blueprint: reference }), ({ text }) => [text.trimEnd()]);
  });
}

async function check(file: string, _options: unknown, command: Command): Promise<void> {
  const text = await readFile(file, 'utf8');
  await withBackend(command, async ({ client, output }) => {
    const result = await client.blueprints.check({ fileName: basename(file), text });
    const errorCount = result.problems.filter(({ level }) => level === 'error').length;
    output.print(result, ({ problems, header }) => [
      ...problems.map(({ line, level, message }) => `${file}:${line}: ${level}: ${message}`),
      errorCount === 0 ? `${header.name}: a blueprint with header version ${String(result.headerVersion)}` : `${errorCount} ${errorCount === 1 ? 'error' : 'errors'}`,
    ]);
    if (errorCount > 0) process.exitCode = 1;
  });
}
