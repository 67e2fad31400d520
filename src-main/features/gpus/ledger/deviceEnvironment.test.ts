import { expect, test } from 'vitest';
import { gpuId } from '#contract/ids.ts';
import { toDeviceEnvironment, type VisibleDevice } from './deviceEnvironment.ts';

const device = (vendor: VisibleDevice['vendor'], id: string, index = 0): VisibleDevice => ({ vendor, id: gpuId.parse(id), index });

test.each<[string, VisibleDevice[], Record<string, string>]>([
  ['no device hides every CUDA device', [], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '' }],
  ['NVIDIA by UUID, in the order given', [device('nvidia', 'GPU-b', 1), device('nvidia', 'GPU-a', 0)], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: 'GPU-b,GPU-a' }],
  ['a MIG instance by its own UUID', [device('nvidia', 'MIG-1234')], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: 'MIG-1234' }],
  ['AMD by UUID, and HIP counts from 0', [device('amd', 'GPU-1d5d1c2a9f8e3b7c', 3)], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', ROCR_VISIBLE_DEVICES: 'GPU-1d5d1c2a9f8e3b7c', HIP_VISIBLE_DEVICES: '0' }],
  ['AMD by index where it has no UUID', [device('amd', 'amd-0000:03:00.0', 2), device('amd', 'amd-0000:04:00.0', 0)], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', ROCR_VISIBLE_DEVICES: '2,0', HIP_VISIBLE_DEVICES: '0,1' }],
  ['Intel by index in PCI order', [device('intel', 'intel-0000:00:02.0', 1)], { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '', ZE_ENABLE_PCI_ID_DEVICE_ORDER: '1', ZE_AFFINITY_MASK: '1', ONEAPI_DEVICE_SELECTOR: 'level_zero:0' }],
])('%s', (_name, devices, expected) => {
  expect(toDeviceEnvironment(devices)).toEqual(expected);
});
