import { Fragment } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useActions } from '../../app/actions.ts';
import { navigate, useRoute } from '../../app/route.ts';
import { useView } from '../../app/views.ts';
import { GpuDetail } from './GpuDetail.tsx';
import { gpuColumns, GpuRow } from './GpuRow.tsx';
import { useGpuIds } from './useDeviceFacts.ts';

const openIds = z.array(z.string());

/** All devices, one line each; those that are unfolded are remembered. */
export function GpuTable(): ReactNode {
  const { t } = useTranslation();
  const ids = useGpuIds();
  const asked = useRoute().rest[0];
  const [open, setOpen] = useView('gpus.open', openIds, []);
  const isOpen = (id: string): boolean => open.includes(id) || id === asked;
  const toggle = (id: string, opens: boolean): void => {
    setOpen(opens ? [...new Set([...open, id])] : open.filter((each) => each !== id));
    if (!opens && id === asked) navigate('gpus');
  };
  const foldAll = (): void => {
    setOpen([]);
    navigate('gpus');
  };
  useActions([
    { id: 'gpus.unfoldAll', title: t('gpus.action.unfoldAll'), area: t('gpus.title'), isEnabled: () => true, run: () => { setOpen([...ids]); } },
    { id: 'gpus.foldAll', title: t('gpus.action.foldAll'), area: t('gpus.title'), isEnabled: () => ids.some(isOpen) || t('gpus.action.noneOpen'), run: foldAll },
  ]);
  return (
    <div className="overflow-x-auto rounded-md border border-line bg-panel">
      <table className="w-full min-w-300 table-fixed border-collapse text-left">
        <thead>
          <tr className="row-line border-b border-line text-xs text-muted">
            {gpuColumns.map(({ key, isNumber, className }) => <th key={key} scope="col" className={`px-1.5 font-normal ${isNumber ? 'text-right' : ''} ${className}`}>{t(`gpus.column.${key}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {ids.map((id) => (
            <Fragment key={id}>
              <GpuRow gpuId={id} isOpen={isOpen(id)} onToggle={toggle} />
              {isOpen(id) ? <tr className="border-b border-line"><td colSpan={gpuColumns.length} className="p-0"><GpuDetail gpuId={id} /></td></tr> : null}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
