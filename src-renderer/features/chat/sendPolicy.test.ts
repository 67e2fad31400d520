import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import type { ChatModelView } from './chatModels.ts';
import { toPictureRefusal } from './sendPolicy.ts';

const aModel = (name: string, pictures: ChatModelView['pictures']): ChatModelView => ({ name, pictures, aliases: [], reference: null, contextTokens: null, problem: null, state: 'ready', progress: null });
const t = ((key: string, { model }: { model: string }) => `${key} ${model}`) as TFunction;
const withPicture = { attachments: [{ kind: 'image' as const, name: 'dot.png', mediaType: 'image/png', sizeBytes: 3, data: 'AAAA' }] };

test.each([
  [[aModel('seer', 'taken'), null], null],
  [[aModel('elsewhere', 'unknown')], null],
  [[aModel('reader', 'not_by_model')], 'chat.pictures.not_by_model reader'],
  [[aModel('seer', 'taken'), aModel('embedded', 'not_by_engine')], 'chat.pictures.not_by_engine embedded'],
])('a picture is refused before it is sent when one that is asked does not take it: %#', (asked, reason) => {
  expect(toPictureRefusal(withPicture, asked, t)).toBe(reason);
  expect(toPictureRefusal({ attachments: [] }, asked, t)).toBeNull();
});
