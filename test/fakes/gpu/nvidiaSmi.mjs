// A stand-in for nvidia-smi: plays `scenario.txt` of the folder in its first argument, and knows the queries that are used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const [folder, ...args] = process.argv.slice(2);
const MIB = 1024 * 1024;
let step = 0;

function readScenario() {
  const lines = readFileSync(join(folder, 'scenario.txt'), 'utf8').split('\n').filter(Boolean).map((line) => {
    const [word, ...fields] = line.split(' ');
    return { word, ...Object.fromEntries(fields.map((field) => { const at = field.indexOf('='); return [field.slice(0, at), field.slice(at + 1).replaceAll('_', ' ')]; })) };
  });
  const of = (word) => lines.filter((line) => line.word === word);
  return { driver: of('driver')[0] ?? {}, devices: of('device'), processes: of('process') };
}

const na = '[N/A]';
const at = (text) => { const steps = (text ?? 'na').split(','); return steps[Math.min(step, steps.length - 1)]; };
const plain = (key) => (device) => (at(device[key]) === 'na' ? na : at(device[key]));
const mib = (key) => (device) => (at(device[key]) === 'na' ? na : String(Math.trunc(Number(at(device[key])) / MIB)));
const watts = (key) => (device) => (at(device[key]) === 'na' ? na : (Number(at(device[key])) / 1000).toFixed(2));
const onOff = (key) => (device) => ({ na, 0: 'Disabled', 1: 'Enabled' })[at(device[key])] ?? na;

const fields = {
  uuid: plain('uuid'), index: (device) => String(device.index), name: plain('name'), 'pci.bus_id': plain('bus'),
  'memory.total': mib('total'), 'memory.used': mib('used'),
  'memory.free': (device) => (device.free === undefined ? String((Number(at(device.total)) - Number(at(device.used))) / MIB) : mib('free')(device)),
  'utilization.gpu': plain('util'), 'utilization.memory': plain('memutil'), 'temperature.gpu': plain('temp'),
  'power.draw': watts('power'), 'power.limit': watts('powerlimit'), 'clocks.gr': plain('clock'), 'clocks.mem': plain('memclock'), 'clocks.max.gr': plain('maxclock'),
  'fan.speed': plain('fan'), display_active: onOff('display'), driver_version: () => readScenario().driver.version, compute_cap: plain('cc'),
  'mig.mode.current': onOff('mig'), 'clocks_throttle_reasons.active': (device) => (at(device.throttle) === 'na' ? na : `0x${Number(at(device.throttle)).toString(16).padStart(16, '0')}`),
};

async function respectMode() {
  while (readScenario().driver.mode === 'hang') await delay(20);
  const { mode } = readScenario().driver;
  if (mode === 'crash') process.abort();
  if (mode === 'not-loaded') fail("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.", 9);
  if (mode === 'mismatch') fail('Failed to initialize NVML: Driver/library version mismatch', 18);
}

function fail(text, code) {
  process.stdout.write(`${text}\n`);
  process.exit(code);
}

function printDevices(names) {
  const { driver, devices } = readScenario();
  const unknown = names.find((name) => (driver.unknown ?? '').split(',').includes(name.replaceAll('_', ' ')) || !(name in fields));
  if (unknown) fail(`Field "${unknown}" is not a valid field to query.\n`, 2);
  for (const [index, device] of devices.entries()) {
    if (device.state === 'lost') process.stdout.write(`Unable to determine the device handle for GPU ${device.bus}: GPU is lost.  Reboot the system to recover this GPU\n`);
    else process.stdout.write(`${names.map((name) => fields[name]({ ...device, index })).join(', ')}\n`);
  }
}

function printProcesses() {
  for (const one of readScenario().processes.filter(({ kind = 'compute' }) => kind === 'compute')) process.stdout.write(`${one.gpu}, ${one.pid}, ${one.used === 'na' ? na : Math.trunc(Number(one.used) / MIB)}\n`);
}

const query = args.find((arg) => arg.startsWith('--query-gpu='));
const loopSeconds = args.includes('-l') ? Number(args[args.indexOf('-l') + 1]) : null;
do {
  await respectMode();
  if (query) printDevices(query.slice('--query-gpu='.length).split(','));
  else if (args.some((arg) => arg.startsWith('--query-compute-apps='))) printProcesses();
  else process.stdout.write(`| NVIDIA-SMI 570.86.15    Driver Version: ${readScenario().driver.version}    CUDA Version: 12.8     |\n`);
  step += 1;
  if (loopSeconds !== null) await delay(loopSeconds * 100);
} while (loopSeconds !== null);
