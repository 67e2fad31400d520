import type { Command } from 'commander';
import type { Gpu, GpuReading } from '#contract/gpus.ts';
import type { Ledger } from '#contract/leases.ts';
import { describeForeign, explainRefusal, toGib } from '../features/gpus/index.ts';
import { toTable } from './output.ts';
import { withBackend } from './session.ts';

export function addGpuCommands(program: Command): void {
  const gpu = program.command('gpu').description('GPUs, what they do and who has them');
  gpu.command('list').description('one reading').action(list);
  gpu.command('watch').description('a reading a second, until Ctrl-C').action(watch);
  gpu.command('leases').description('who holds and who waits for GPU memory').action(showLeases);
}

async function list(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.gpus.list({}), toLines);
  });
}

async function watch(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    for await (const reading of await client.gpus.watch({})) {
      if (output.isJson) process.stdout.write(`${JSON.stringify(reading)}\n`);
      else process.stdout.write(`${new Date(reading.takenAtMs).toLocaleTimeString()}\n${toLines(reading).join('\n')}\n\n`);
    }
  });
}

async function showLeases(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    await client.gpus.list({});
    output.print(await client.leases.list({}), toLedgerLines);
  });
}

function toLines({ state, gpus }: GpuReading): string[] {
  const late = state === 'slow' ? ['The driver is slow; this is its last reading.'] : [];
  if (gpus.length === 0) return [...late, 'No GPU was found. "wheelhouse doctor" says what is missing.'];
  return [...late, ...toTable([['GPU', 'NAME', 'MEMORY', 'USE', 'TEMP', 'POWER', 'UUID'], ...gpus.map(toRow)])];
}

function toRow({ index, name, state, usedBytes, totalBytes, utilizationPercent, temperatureCelsius, powerWatts, id }: Gpu): string[] {
  if (state === 'lost') return [String(index), name, 'lost', '', '', '', id];
  return [String(index), name, `${toGib(usedBytes)} of ${toGib(totalBytes)}`, withUnit(utilizationPercent, ' %'), withUnit(temperatureCelsius, ' °C'), withUnit(powerWatts, ' W'), id];
}

function withUnit(value: number | null, unit: string): string {
  return value === null ? '–' : `${Math.round(value)}${unit}`;
}

function toLedgerLines({ devices, leases, waiting, processes }: Ledger): string[] {
  if (devices.length === 0) return ['No GPU was found, so none is leased.'];
  const free = toTable([['GPU', 'NAME', 'BOOKED', 'FREE TO BOOK', 'TOTAL'], ...devices.map(({ index, name, bookedBytes, freeBytes, totalBytes, isLost }) => [String(index), name, toGib(bookedBytes), isLost ? 'lost' : toGib(freeBytes), toGib(totalBytes)])]);
  const indexOf = (gpuId: string): string => String(devices.find((device) => device.gpuId === gpuId)?.index ?? gpuId);
  const held = leases.flatMap(({ holder, mode, shares }) => shares.map(({ gpuId, bytes, usedBytes }) => [holder.name, holder.kind, indexOf(gpuId), toGib(bytes), usedBytes === null ? '–' : toGib(usedBytes), mode]));
  const foreign = processes.filter(({ owner }) => owner.kind === 'foreign').map((process) => `GPU ${indexOf(process.gpuId)}: ${describeForeign(process)}`);
  return [
    ...free,
    ...(held.length === 0 ? ['', 'No leases.'] : ['', ...toTable([['HOLDER', 'KIND', 'GPU', 'BOOKED', 'USED', 'MODE'], ...held])]),
    ...(foreign.length === 0 ? [] : ['', ...foreign]),
    ...(waiting.length === 0 ? [] : ['', ...waiting.map(({ holder, refusal }) => `"${holder.name}" waits: ${explainRefusal(refusal)}`)]),
  ];
}
