import type { Alert } from '#contract/alerts.ts';
import type { Gpu, GpuReading } from '#contract/gpus.ts';
import type { Ledger } from '#contract/leases.ts';
import type { WorkstationReading } from '#contract/workstation.ts';

/** Everything that is told to Prometheus. */
export interface MetricFacts {
  readonly hostName: string;
  readonly reading: GpuReading;
  readonly ledger: Ledger;
  readonly workstation: WorkstationReading | null;
  readonly alerts: readonly Alert[];
}

interface Sample { readonly labels: Readonly<Record<string, string>>; readonly value: number | null }
interface Family { readonly name: string; readonly help: string; readonly samples: readonly Sample[] }

const MIB = 1024 * 1024;

/**
 * The facts in Prometheus' text format. GPU figures carry the names, units and labels of NVIDIA's dcgm-exporter, so that its
 * dashboards work as they are; what it does not have begins with `wheelhouse_`. What is not known is left out.
 * Source: dcgm-exporter etc/default-counters.csv and its reference "DCGM Exporter Metrics"; Prometheus exposition format 0.0.4.
 */
export function renderMetrics(facts: MetricFacts): string {
  return [...toGpuFamilies(facts), ...toLedgerFamilies(facts.ledger), ...toMachineFamilies(facts)].map(renderFamily).join('');
}

/** [name, help, figure of a GPU] */
const GPU_GAUGES: readonly (readonly [string, string, (gpu: Gpu) => number | null])[] = [
  ['DCGM_FI_DEV_SM_CLOCK', 'SM clock frequency (in MHz).', ({ graphicsClockMhz }) => graphicsClockMhz],
  ['DCGM_FI_DEV_MEM_CLOCK', 'Memory clock frequency (in MHz).', ({ memoryClockMhz }) => memoryClockMhz],
  ['DCGM_FI_DEV_GPU_TEMP', 'GPU temperature (in C).', ({ temperatureCelsius }) => temperatureCelsius],
  ['DCGM_FI_DEV_POWER_USAGE', 'Power draw (in W).', ({ powerWatts }) => powerWatts],
  ['DCGM_FI_DEV_POWER_MGMT_LIMIT', 'Power limit (in W).', ({ powerLimitWatts }) => powerLimitWatts],
  ['DCGM_FI_DEV_GPU_UTIL', 'GPU utilization (in %).', ({ utilizationPercent }) => utilizationPercent],
  ['DCGM_FI_DEV_MEM_COPY_UTIL', 'Memory utilization (in %).', ({ memoryUtilizationPercent }) => memoryUtilizationPercent],
  ['DCGM_FI_DEV_FAN_SPEED', 'Fan speed (in %).', ({ fanPercent }) => fanPercent],
  ['DCGM_FI_DEV_FB_TOTAL', 'Framebuffer memory (in MiB).', ({ totalBytes }) => toMib(totalBytes)],
  ['DCGM_FI_DEV_FB_FREE', 'Framebuffer memory free (in MiB).', ({ freeBytes, totalBytes, usedBytes }) => toMib(freeBytes ?? totalBytes - usedBytes)],
  ['DCGM_FI_DEV_FB_USED', 'Framebuffer memory used (in MiB).', ({ usedBytes }) => toMib(usedBytes)],
];

function toGpuFamilies({ reading, hostName }: MetricFacts): Family[] {
  const families = GPU_GAUGES.map(([name, help, read]): Family => ({
    name, help, samples: reading.gpus.map((gpu) => ({ labels: labelGpu(gpu, hostName), value: gpu.state === 'ok' ? read(gpu) : null })),
  }));
  const up: Family = { name: 'wheelhouse_gpu_up', help: 'Whether the device answers.', samples: reading.gpus.map((gpu) => ({ labels: labelGpu(gpu, hostName), value: Number(gpu.state === 'ok' && reading.state === 'ok') })) };
  const throttled: Family = {
    name: 'wheelhouse_gpu_throttled', help: 'Whether something holds the clocks down, by reason.',
    samples: reading.gpus.flatMap((gpu) => (gpu.throttleReasons ?? []).map((reason) => ({ labels: { ...labelGpu(gpu, hostName), reason }, value: 1 }))),
  };
  return [...families, up, throttled];
}

function labelGpu({ id, index, name, pciBusId, driverVersion }: Gpu, hostName: string): Record<string, string> {
  return {
    gpu: String(index), UUID: id, ...(pciBusId !== null && { pci_bus_id: pciBusId }), device: `nvidia${index}`, modelName: name, Hostname: hostName,
    ...(driverVersion !== null && { DCGM_FI_DRIVER_VERSION: driverVersion }),
  };
}

function toLedgerFamilies({ devices, leases, waiting }: Ledger): Family[] {
  const perDevice = (name: string, help: string, read: (device: Ledger['devices'][number]) => number): Family => ({ name, help, samples: devices.map((device) => ({ labels: { gpu: String(device.index), UUID: device.gpuId }, value: read(device) })) });
  const perShare = (name: string, help: string, read: (share: Ledger['leases'][number]['shares'][number]) => number | null): Family => ({
    name, help, samples: leases.flatMap(({ holder, shares }) => shares.map((share) => ({ labels: { UUID: share.gpuId, kind: holder.kind, holder: holder.name, holder_id: holder.id }, value: read(share) }))),
  });
  return [
    perDevice('wheelhouse_gpu_booked_bytes', 'Memory that leases have, booked or used, whichever is more.', ({ bookedBytes }) => bookedBytes),
    perDevice('wheelhouse_gpu_bookable_bytes', 'Memory that a new lease may take.', ({ freeBytes }) => freeBytes),
    perDevice('wheelhouse_gpu_foreign_bytes', 'Memory of processes that are not ours.', ({ foreignBytes }) => foreignBytes),
    perShare('wheelhouse_gpu_lease_bytes', 'Memory that a lease booked.', ({ bytes }) => bytes),
    perShare('wheelhouse_gpu_lease_used_bytes', 'Memory that a lease really uses.', ({ usedBytes }) => usedBytes),
    { name: 'wheelhouse_gpu_waiting_requests', help: 'Requests that wait for GPU memory.', samples: [{ labels: {}, value: waiting.length }] },
  ];
}

function toMachineFamilies({ workstation, alerts }: MetricFacts): Family[] {
  const one = (name: string, help: string, value: number | null | undefined): Family => ({ name, help, samples: [{ labels: {}, value: value ?? null }] });
  return [
    one('wheelhouse_cpu_percent', 'Use of all cores together (in %).', workstation?.cpuPercent),
    one('wheelhouse_memory_total_bytes', 'Memory of the machine.', workstation?.memoryTotalBytes),
    one('wheelhouse_memory_used_bytes', 'Memory in use.', workstation?.memoryUsedBytes),
    one('wheelhouse_disk_total_bytes', 'Size of the disk of the data folder.', workstation?.diskTotalBytes),
    one('wheelhouse_disk_free_bytes', 'What is free on the disk of the data folder.', workstation?.diskFreeBytes),
    { name: 'wheelhouse_alert', help: 'Alerts that stand now.', samples: alerts.filter(({ clearedAtMs }) => clearedAtMs === null).map(({ kind, subjectId, subjectName }) => ({ labels: { kind, subject_id: subjectId, subject: subjectName }, value: 1 })) },
  ];
}

function renderFamily({ name, help, samples }: Family): string {
  const known = samples.filter((sample): sample is Sample & { value: number } => sample.value !== null && Number.isFinite(sample.value));
  if (known.length === 0) return '';
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...known.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}`), ''].join('\n');
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** A name may hold anything a user typed. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function toMib(bytes: number): number {
  return Math.round(Math.max(0, bytes) / MIB);
}
