import { useCallback, useEffect, useState } from 'react';
import type { SystemStatus } from '#contract/system.ts';
import { useApp } from '../../app/appContext.tsx';

/** The backend about itself, asked at every connection and whenever `refresh` is called; null before the first answer. */
export function useSystemStatus(): { status: SystemStatus | null; refresh: () => void } {
  const { client, connection, toastError } = useApp();
  const [status, setStatus] = useState<SystemStatus | null>(null);
  const refresh = useCallback(() => {
    client.system.status({}).then(setStatus, (error: unknown) => { if (connection.isOpen) toastError(error); });
  }, [client, connection, toastError]);
  useEffect(() => {
    if (connection.isOpen) refresh();
    return connection.onOpen(refresh);
  }, [connection, refresh]);
  return { status, refresh };
}
