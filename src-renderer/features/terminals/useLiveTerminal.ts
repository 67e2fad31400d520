import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { useScale } from '../../app/zoom.ts';
import { getErrorCode } from '../../client/problems.ts';
import { getSetting } from '../settings/settingStore.ts';
import { LiveTerminal } from './liveTerminal.ts';
import { panelOf } from './panelStore.ts';
import { loadTerminalFont } from './terminalLook.ts';
import type { ChannelEvent } from './terminalChannel.ts';

export interface LiveTerminalHooks {
  /** True: the key is for the terminal. */
  onKey: (event: KeyboardEvent) => boolean;
  onEvent: (event: ChannelEvent) => void;
}

/** The terminal in `container`, from the moment its font is there until the component goes; null before. */
export function useLiveTerminal(terminalId: string, container: RefObject<HTMLElement | null>, hooks: LiveTerminalHooks): LiveTerminal | null {
  const { frames, client, stores, toastError } = useApp();
  const { t } = useTranslation();
  const [live, setLive] = useState<LiveTerminal | null>(null);
  const scrollbackLines = useStore(stores.settings, (state) => getSetting(state, 'terminal.scrollbackLines'));
  const fontSize = useFontSize();
  const latest = useRef({ ...hooks, fontSize, scrollbackLines });
  useEffect(() => { latest.current = { ...hooks, fontSize, scrollbackLines }; });

  useEffect(() => {
    let isOver = false;
    let made: LiveTerminal | null = null;
    const make = (): void => {
      if (isOver || container.current === null) return;
      made = new LiveTerminal({
        ...latest.current, container: container.current, terminalId, frames, label: t('terminals.inputLabel'),
        onKey: (event) => latest.current.onKey(event),
        onEvent: (event) => { latest.current.onEvent(event); },
        onOpenLink: openLink,
        onResize: (size) => {
          if (stores.terminals.getState().byId[terminalId]?.state !== 'live') return;
          client.terminals.resize({ terminal: terminalId, ...size }).catch((error: unknown) => { if (getErrorCode(error) !== 'terminal.not_found') toastError(error); });
        },
      });
      setLive(made);
    };
    loadTerminalFont(latest.current.fontSize).then(make, make);
    return () => {
      isOver = true;
      made?.dispose();
      setLive(null);
    };
  }, [terminalId, container, frames, client, stores, toastError, t]);

  useEffect(() => { live?.screen.setFontSize(fontSize); }, [live, fontSize]);
  useEffect(() => { if (live) live.screen.terminal.options.scrollback = scrollbackLines; }, [live, scrollbackLines]);
  return live;
}

function useFontSize(): number {
  const app = useApp();
  const scale = useScale();
  const saved = useStore(app.stores.settings, (state) => getSetting(state, 'terminal.fontSize'));
  const asked = useStore(panelOf(app), (state) => state.askedFontSize);
  return (asked ?? saved) * scale;
}

function openLink(url: string): void {
  if (/^https?:$/.test(new URL(url).protocol)) window.open(url, '_blank', 'noopener');
}
