import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import type { ChatModelView } from './chatModels.ts';
import { estimateDraftTokens, toBlockedReason, toFitWarning, toPictureRefusal } from './sendPolicy.ts';

const aModel = (name: string, pictures: ChatModelView['pictures']): ChatModelView => ({ name, pictures, aliases: [], reference: null, contextTokens: null, problem: null, state: 'ready', progress: null });
const t = ((key: string, values: { model: string } | undefined) => [key, values?.model].filter(Boolean).join(' ')) as TFunction;
const withPicture = { attachments: [{ kind: 'image' as const, name: 'dot.png', mediaType: 'image/png', sizeBytes: 3, data: 'AAAA' }] };

test.each([
  [[aModel('seer', 'taken')], null],
  [[aModel('elsewhere', 'unknown')], null],
  [[aModel('reader', 'not_by_model')], 'chat.pictures.not_by_model reader'],
  [[aModel('seer', 'taken'), aModel('embedded', 'not_by_engine')], 'chat.pictures.not_by_engine embedded'],
])('a picture is refused before it is sent when one that is asked does not take it: %#', (asked, reason) => {
  expect(toPictureRefusal(withPicture, asked, t)).toBe(reason);
  expect(toPictureRefusal({ attachments: [] }, asked, t)).toBeNull();
});

test.each([
  [{ isOpen: false }, 'app.reason.notConnected'],
  [{ isBusy: true }, 'chat.busy'],
  [{ model: null }, 'chat.chooseModelFirst'],
  [{ text: ' ' }, 'chat.nothingToSend'],
  [{ text: 'a'.repeat(2_000_001) }, 'chat.tooLong'],
  [{}, null],
])('what keeps a question back is said: %#', ({ text = 'Why?', ...facts }: { text?: string; isOpen?: boolean; isBusy?: boolean; model?: null }, reason) => {
  expect(toBlockedReason({ draft: { text, attachments: [] }, model: 'guide', asked: [], isOpen: true, isBusy: false, ...facts }, t)).toBe(reason);
});

test('what is being written counts with its files, and a warning names the first model into which it will not fit', () => {
  const asked = [aModel('any', 'taken'), { ...aModel('small', 'taken'), contextTokens: 1_000 }];
  const file = { kind: 'text' as const, name: 'notes.md', mediaType: 'text/markdown', sizeBytes: 400, data: '' };

  expect(estimateDraftTokens({ text: 'a'.repeat(200), attachments: [file, ...withPicture.attachments] }, 4)).toBe(150);
  expect(toFitWarning({ asked, used: 0, draft: 1_200 }, t)).toBe('chat.context.tooLong small');
  expect(toFitWarning({ asked, used: 900, draft: 150 }, t)).toBe('chat.context.tooMuch small');
  expect([toFitWarning({ asked, used: 800, draft: 150 }, t), toFitWarning({ asked, used: 2_000, draft: 0 }, t)]).toEqual([null, null]);
});
