import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServingSnapshot } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { classNames } from '../../base/classNames.ts';
import { formatBytes, formatBytesOf } from '../../base/format.ts';
import { numberNames, toDeviceBooks } from './deviceBooks.ts';
import type { DeviceBook, DevicePart } from './deviceBooks.ts';

const looks = ['bg-accent', 'bg-ok', 'bg-busy', 'bg-stalled', 'bg-stopping', 'bg-error'] as const;
const OTHER_LOOK = 'bg-edge';

/** Who holds the memory of each device, as the ledger sees it, with what each colour stands for; RAM where models live there. */
export function DeviceBars({ snapshot }: { snapshot: ServingSnapshot }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const ledger = useStore(stores.leases, (state) => state.ledger);
  const memory = useStore(stores.workstation, ({ reading }) => reading);
  const books = toDeviceBooks({ ledger, memory, models: snapshot.models });
  const numbers = numberNames(books);
  const lookOf = (name: string): string => looks[(numbers.get(name) ?? 0) % looks.length] ?? OTHER_LOOK;
  return (
    <ul aria-label={t('serving.devices')} className="grid max-h-64 shrink-0 grid-cols-[repeat(auto-fit,minmax(20rem,1fr))] gap-x-6 gap-y-2 overflow-y-auto border-b border-line bg-panel px-3 py-2">
      {books.map((book) => <Device key={book.id} book={book} lookOf={lookOf} />)}
    </ul>
  );
}

interface DeviceProps { book: DeviceBook; lookOf: (name: string) => string }

function Device({ book: { gpu, totalBytes, freeBytes, parts, otherBytes }, lookOf }: DeviceProps): ReactNode {
  const { t } = useTranslation();
  const widthOf = (bytes: number): { width: string } => ({ width: `${bytes / Math.max(1, totalBytes) * 100}%` });
  return (
    <li className="flex min-w-0 flex-col gap-1">
      <div className="flex justify-between gap-3"><span className="truncate">{gpu === null ? t('serving.ram') : t('serving.gpu', gpu)}</span><span className="tabular shrink-0 text-muted">{t('serving.free', { free: formatBytesOf(freeBytes, totalBytes) })}</span></div>
      <div aria-hidden className="flex h-2 overflow-hidden rounded-sm bg-line">
        {parts.map(({ name, bookedBytes, usedBytes }, index) => <span key={`${name} ${index}`} className={lookOf(name)} style={widthOf(Math.max(bookedBytes, usedBytes ?? 0))} />)}
        <span className={OTHER_LOOK} style={widthOf(otherBytes)} />
      </div>
      <ul className="tabular flex flex-wrap gap-x-3 text-xs text-muted">
        {parts.map((part, index) => <Key key={`${part.name} ${index}`} look={lookOf(part.name)} name={part.name} words={toWords(part, t)} />)}
        {otherBytes > 0 ? <Key look={OTHER_LOOK} name={t('serving.otherPrograms')} words={formatBytes(otherBytes)} /> : null}
      </ul>
    </li>
  );
}

function Key({ look, name, words }: { look: string; name: string; words: string }): ReactNode {
  return <li className="flex max-w-full min-w-0 items-center gap-1.5" title={`${name}: ${words}`}><span aria-hidden className={classNames('size-2 shrink-0 rounded-sm', look)} /><span className="truncate text-text">{name}</span><span className="shrink-0">{words}</span></li>;
}

function toWords({ bookedBytes, usedBytes }: DevicePart, t: (key: string, facts: Record<string, string>) => string): string {
  const booked = formatBytes(bookedBytes);
  return usedBytes === null ? t('serving.booked', { booked }) : t('serving.bookedAndUsed', { booked, used: formatBytes(usedBytes) });
}
