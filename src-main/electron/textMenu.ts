import { app, clipboard, Menu, type ContextMenuParams, type MenuItemConstructorOptions } from 'electron';
import type { Logger } from '../base/logger.ts';
import { words } from './desktopWords.ts';

type ClickedPlace = Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'linkURL' | 'editFlags'>;

/** Gives text fields, selections and links the menu that a browser has for them; where the page shows its own, this is not asked. */
export function offerTextMenus(log: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('context-menu', (_click, place) => {
      const items = planTextMenu(place, (link) => { copyLink(link, log); });
      if (items.length > 0) Menu.buildFromTemplate(items).popup();
    });
  });
}

function planTextMenu({ isEditable, selectionText, linkURL, editFlags }: ClickedPlace, copyAddress: (link: string) => void): MenuItemConstructorOptions[] {
  const copy = { role: 'copy', enabled: editFlags.canCopy } as const;
  if (isEditable) {
    return [
      { role: 'cut', enabled: editFlags.canCut }, copy, { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' }, { role: 'selectAll', enabled: editFlags.canSelectAll },
    ];
  }
  const link = /^https?:/.test(linkURL) ? [{ label: words.menu.copyLink, click: () => { copyAddress(linkURL); } }] : [];
  return [...(selectionText.trim() === '' ? [] : [copy]), ...link];
}

function copyLink(link: string, log: Logger): void {
  clipboard.writeText(link).catch((error: unknown) => { log.warn('desktop.link_not_copied', { error }); });
}
