import type { Gpu } from '#contract/gpus.ts';
import type { GpuId } from '#contract/ids.ts';

/** A device as an environment names it. `index` counts the vendor's own devices. */
export interface VisibleDevice {
  readonly id: GpuId;
  readonly index: number;
  readonly vendor: Gpu['vendor'];
}

const ALL_HIDDEN = '';

/**
 * The variables that show a program these devices, in this order, and no others.
 *
 * NVIDIA by UUID, a MIG instance by its own. AMD: the runtime hides by UUID where there is one, else by index; HIP counts what
 * is left from 0. Intel: by index in PCI order; the selector counts what the mask leaves. A vendor of which nothing is chosen
 * is left as it is, except that no CUDA device is seen unless one is chosen.
 * Source: CUDA programming guide "CUDA environment variables"; rocm.docs.amd.com "GPU isolation techniques"; Level Zero
 * specification "Affinity mask"; intel/llvm "Environment variables". Checked by the test beside this file.
 */
export function toDeviceEnvironment(devices: readonly VisibleDevice[]): Record<string, string> {
  const of = (vendor: Gpu['vendor']): VisibleDevice[] => devices.filter((device) => device.vendor === vendor);
  const amd = of('amd');
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', ...toNvidia(of('nvidia'), amd.length > 0), ...toAmd(amd), ...toIntel(of('intel')) };
}

/** HIP also reads CUDA_VISIBLE_DEVICES, so an AMD device must not find an empty one. */
function toNvidia(devices: readonly VisibleDevice[], isAmdChosen: boolean): Record<string, string> {
  if (devices.length > 0) return { CUDA_VISIBLE_DEVICES: devices.map(({ id }) => id).join(',') };
  return isAmdChosen ? {} : { CUDA_VISIBLE_DEVICES: ALL_HIDDEN };
}

function toAmd(devices: readonly VisibleDevice[]): Record<string, string> {
  if (devices.length === 0) return {};
  const names = devices.map(({ id, index }) => (/^GPU-[0-9a-f]{16,}$/i.test(id) ? id : String(index)));
  return { ROCR_VISIBLE_DEVICES: names.join(','), HIP_VISIBLE_DEVICES: devices.map((_, position) => position).join(',') };
}

function toIntel(devices: readonly VisibleDevice[]): Record<string, string> {
  if (devices.length === 0) return {};
  return { ZE_ENABLE_PCI_ID_DEVICE_ORDER: '1', ZE_AFFINITY_MASK: devices.map(({ index }) => index).join(','), ONEAPI_DEVICE_SELECTOR: `level_zero:${devices.map((_, position) => position).join(',')}` };
}
