import { join } from 'node:path';
import type { Gpu, GpuProcess } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import { toBareGpu, toFacts, type GpuFacts, type GpuProbe } from './gpuProbe.ts';
import { readCards, readFirstNumber, readHasDisplay, readNames, readNumber, readSensorFolder, readText, type SysfsCard } from './sysfs.ts';
import { toMemory } from './nvml/nvmlCodes.ts';

const AMD = '0x1002';
const PER_MILLION = 1e-6;
/** `gfx_target_version` 110000 is gfx1100: major, two digits of minor, two of stepping. */
const GFX = { major: 10_000, minor: 100 } as const;

interface KfdNode { kernelId: string; locationId: number; gfx: string | null }

/**
 * Reads AMD's cards from the kernel: a dozen small files a card, no program.
 *
 * Source: the kernel's documentation of amdgpu (`mem_info_vram_total`, `gpu_busy_percent`, hwmon) and of KFD
 * (`/sys/class/kfd/kfd/proc/<pid>/vram_<gpu id>`).
 */
export class AmdSysfsGpuProbe implements GpuProbe {
  readonly #drmRoot: string;
  readonly #kfdRoot: string;

  constructor({ sysRoot = '/sys' }: { sysRoot?: string | undefined } = {}) {
    this.#drmRoot = join(sysRoot, 'class', 'drm');
    this.#kfdRoot = join(sysRoot, 'class', 'kfd', 'kfd');
  }

  async read(): Promise<GpuFacts> {
    const cards = await readCards(this.#drmRoot, AMD);
    const nodes = cards.length === 0 ? [] : await this.#readNodes();
    const gpus = await Promise.all(cards.map((card, index) => this.#readCard(card, index, nodes)));
    return toFacts(gpus, { vendor: 'amd', via: 'sysfs', state: cards.length === 0 ? 'absent' : 'ok', ageMs: 0, reason: null });
  }

  async #readCard(card: SysfsCard, index: number, nodes: readonly KfdNode[]): Promise<Gpu> {
    const device = join(card.path, 'device');
    const node = nodes.find(({ locationId }) => locationId === toLocationId(card.pciBusId)) ?? null;
    const [uniqueId, productName, total, used, driverVersion] = await Promise.all([
      readText(join(device, 'unique_id')), readText(join(device, 'product_name')),
      readNumber(join(device, 'mem_info_vram_total')), readNumber(join(device, 'mem_info_vram_used')), readText('/sys/module/amdgpu/version'),
    ]);
    return {
      ...toBareGpu({ id: gpuId.parse(uniqueId === null || /^0*$/.test(uniqueId) ? `AMD-${card.pciBusId}` : `GPU-${uniqueId}`), index, vendor: 'amd', name: productName === null || productName === '' ? 'AMD GPU' : productName }),
      ...toMemory({ total, used, free: null }), ...(await this.#readSensors(card)),
      pciBusId: card.pciBusId, driverVersion, computeCapability: node?.gfx ?? null,
      utilizationPercent: await readNumber(join(device, 'gpu_busy_percent')), memoryUtilizationPercent: await readNumber(join(device, 'mem_busy_percent')),
      isDisplayAttached: await readHasDisplay(card), processes: node === null ? null : await this.#readProcesses(node),
    };
  }

  async #readSensors(card: SysfsCard): Promise<Partial<Gpu>> {
    const folder = await readSensorFolder(card);
    const file = (name: string): string => join(folder, name);
    const [temperature, limit, watts, cap, graphics, memory, pwm] = await Promise.all([
      readNumber(file('temp1_input'), 1e-3), readNumber(file('temp1_crit'), 1e-3), readFirstNumber([file('power1_average'), file('power1_input')], PER_MILLION),
      readNumber(file('power1_cap'), PER_MILLION), readNumber(file('freq1_input'), PER_MILLION), readNumber(file('freq2_input'), PER_MILLION), readNumber(file('pwm1')),
    ]);
    return {
      temperatureCelsius: temperature, temperatureLimitCelsius: limit, powerWatts: watts, powerLimitWatts: cap,
      graphicsClockMhz: graphics, memoryClockMhz: memory, fanPercent: pwm === null ? null : Math.round((pwm / 255) * 100),
    };
  }

  async #readNodes(): Promise<KfdNode[]> {
    const folder = join(this.#kfdRoot, 'topology', 'nodes');
    return Promise.all((await readNames(folder)).map(async (name) => {
      const [kernelId, properties] = await Promise.all([readText(join(folder, name, 'gpu_id')), readText(join(folder, name, 'properties'))]);
      const property = (key: string): number => Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(properties ?? '')?.[1] ?? 0);
      return { kernelId: kernelId ?? '0', locationId: property('location_id') + property('domain') * 2 ** 32, gfx: toGfxName(property('gfx_target_version')) };
    }));
  }

  async #readProcesses({ kernelId }: KfdNode): Promise<GpuProcess[]> {
    const folder = join(this.#kfdRoot, 'proc');
    const pids = (await readNames(folder)).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(pids.map(async (pid): Promise<GpuProcess | null> => {
      const usedBytes = await readNumber(join(folder, pid, `vram_${kernelId}`));
      return usedBytes === null || usedBytes === 0 ? null : { pid: Number(pid), usedBytes, kind: 'compute', migId: null };
    }));
    return found.filter((one) => one !== null);
  }
}

/** `0000:c4:00.0` as KFD writes it: bus, device and function in one number, the domain above them. */
function toLocationId(pciBusId: string): number {
  const [domain, bus, device, part] = pciBusId.split(/[:.]/).map((text) => Number.parseInt(text, 16));
  return (domain ?? 0) * 2 ** 32 + (bus ?? 0) * 256 + (device ?? 0) * 8 + (part ?? 0);
}

function toGfxName(version: number): string | null {
  if (version === 0) return null;
  return `gfx${Math.floor(version / GFX.major)}${(Math.floor(version / GFX.minor) % 100).toString(16)}${(version % 100).toString(16)}`;
}
