import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Gpu, GpuReading } from '#contract/gpus.ts';
import type { Lease, LeasedDevice, WaitingRequest } from '#contract/leases.ts';
import { useApp } from '../../app/appContext.tsx';
import type { OwnerFacts } from './deviceView.ts';

const noGpus: readonly Gpu[] = [];
const noLeases: readonly Lease[] = [];
const noneWaiting: readonly WaitingRequest[] = [];

export function useReading(): GpuReading | null {
  return useStore(useApp().stores.gpus, ({ reading }) => reading);
}

/** The ids of all devices in the order of their index; a new list only when it differs. */
export function useGpuIds(): readonly string[] {
  return useStore(useApp().stores.gpus, useShallow(({ reading }) => (reading?.gpus ?? noGpus).toSorted((a, b) => a.index - b.index).map(({ id }) => id)));
}

export function useGpu(gpuId: string): Gpu | undefined {
  return useStore(useApp().stores.gpus, ({ reading }) => reading?.gpus.find(({ id }) => id === gpuId));
}

/** A device as the ledger books on it; undefined before the ledger has answered. */
export function useLeasedDevice(gpuId: string): LeasedDevice | undefined {
  return useStore(useApp().stores.leases, ({ ledger }) => ledger?.devices.find((device) => device.gpuId === gpuId));
}

export function useLeases(): readonly Lease[] {
  return useStore(useApp().stores.leases, ({ ledger }) => ledger?.leases ?? noLeases);
}

export function useWaiting(): readonly WaitingRequest[] {
  return useStore(useApp().stores.leases, ({ ledger }) => ledger?.waiting ?? noneWaiting);
}

export function useOwnerFacts(): OwnerFacts {
  const { stores } = useApp();
  const runs = useStore(stores.runs, ({ byId }) => byId);
  const instances = useStore(stores.instances, ({ byId }) => byId);
  return { runs, instances };
}
